package params

import "slices"

// Schema is what one endpoint declares about its parameters, in the order in
// which chapter 4 of runners-api.md lists them.
type Schema struct {
	declarations []Declaration
}

// Declaration is one parameter or one rule about several of them.
type Declaration interface {
	// check appends to values what it read and returns what is wrong with it.
	check(raw Raw, values Values) (problems []string)
}

// NewSchema declares the parameters of an endpoint. Every other parameter is
// ignored (runners-api.md 1.2).
func NewSchema(declarations ...Declaration) Schema {
	return Schema{declarations: slices.Clone(declarations)}
}

// Parse runs every check of every parameter. When some fail, the error is a
// *WireError that names them all, in order of declaration and identical texts
// once (runners-api.md 1.5).
func (s Schema) Parse(raw Raw) (Values, error) {
	values := Values{}
	var problems []string
	for _, declaration := range s.declarations {
		for _, problem := range declaration.check(raw, values) {
			if !slices.Contains(problems, problem) {
				problems = append(problems, problem)
			}
		}
	}
	if len(problems) > 0 {
		return nil, refusedParameters(problems)
	}
	return values, nil
}
