package params

// When checks further declarations only if the Enum name, which is declared
// before, has that value. Otherwise they are ignored like unknown parameters
// (runners-api.md 5.8).
func When(name, value string, declarations ...Declaration) Declaration {
	return conditional{name: name, value: value, declarations: declarations}
}

type conditional struct {
	name, value  string
	declarations []Declaration
}

func (c conditional) check(raw Raw, values Values) []string {
	if actual := values.String(c.name); actual == nil || *actual != c.value {
		return nil
	}
	var problems []string
	for _, declaration := range c.declarations {
		problems = append(problems, declaration.check(raw, values)...)
	}
	return problems
}
