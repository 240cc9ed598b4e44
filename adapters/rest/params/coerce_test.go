package params_test

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"runyard/adapters/rest/params"
)

const null = "null"

// parsed is what a lone parameter becomes: its value, null, or the refusal.
func parsed[T any](param params.Param, raw any, get func(params.Values, string) *T) any {
	values, err := params.NewSchema(param).Parse(params.Raw{"x": raw})
	if err != nil {
		var refusal *params.WireError
		if !errors.As(err, &refusal) {
			return err
		}
		return refusal.Body
	}
	if value := get(values, "x"); value != nil {
		return *value
	}
	return null
}

const invalid = `{"error":"x is invalid"}`

func TestBooleans(t *testing.T) {
	t.Parallel()
	cases := map[any]any{
		true: true, json.Number("1"): true, false: false, json.Number("0"): false, "": null, nil: null,
		"2": invalid, "-1": invalid, "maybe": invalid, "oN": invalid, " true": invalid,
		json.Number("1.0"): invalid, json.Number("2"): invalid,
	}
	for _, text := range strings.Fields("1 on On ON t T true True TRUE y Y yes Yes YES") {
		cases[text] = true
	}
	for _, text := range strings.Fields("0 off Off OFF f F false False FALSE n N no No NO") {
		cases[text] = false
	}
	for raw, want := range cases {
		assert.Equal(t, want, parsed(params.Bool("x"), raw, params.Values.Bool), "%T %v", raw, raw)
	}
	for _, raw := range []any{[]any{}, []any{true}, map[string]any{}} {
		assert.Equal(t, invalid, parsed(params.Bool("x"), raw, params.Values.Bool), "%v", raw)
	}
}

func TestIntegers(t *testing.T) {
	t.Parallel()
	for raw, want := range map[any]any{
		"6": int64(6), "06": int64(6), " 6": int64(6), "6\n": int64(6), "08": int64(8), "+6": int64(6), "-1": int64(-1),
		"1_000": int64(1000), json.Number("600.7"): int64(600), json.Number("-1.9"): int64(-1), json.Number("6e2"): int64(600),
		"": null, nil: null,
		"abc": invalid, "600.0": invalid, "6e2": invalid, "0x10": invalid, " ": invalid, "1__0": invalid, "_1": invalid,
		"1_": invalid, "- 1": invalid, "٣": invalid, true: invalid, json.Number("1e999"): invalid,
		"9223372036854775807": int64(math.MaxInt64), "9223372036854775808": int64(math.MaxInt64),
		"-99999999999999999999": int64(math.MinInt64), json.Number("99999999999999999999"): int64(math.MaxInt64),
		json.Number("1e30"): int64(math.MaxInt64), json.Number("-1e30"): int64(math.MinInt64),
	} {
		assert.Equal(t, want, parsed(params.Int("x"), raw, params.Values.Int), "%T %v", raw, raw)
	}
	for _, raw := range []any{[]any{"1"}, map[string]any{}} {
		assert.Equal(t, invalid, parsed(params.Int("x"), raw, params.Values.Int), "%v", raw)
	}
}

func TestIntegersWithin64Bits(t *testing.T) {
	t.Parallel()
	for raw, want := range map[any]any{
		"9223372036854775807": int64(math.MaxInt64), "9223372036854775808": invalid, "": null, nil: null, "x": invalid,
		json.Number("-9223372036854775809"): invalid, json.Number("9.3e18"): invalid, json.Number("600"): int64(600),
	} {
		assert.Equal(t, want, parsed(params.Int("x").Within64Bits(), raw, params.Values.Int), "%T %v", raw, raw)
	}
}

func TestTexts(t *testing.T) {
	t.Parallel()
	for raw, want := range map[any]any{
		"": "", " a ": " a ", nil: null, true: "true", false: "false", json.Number("5"): "5",
		json.Number("123456789012345678901"): "123456789012345678901", json.Number("1.50"): "1.5", json.Number("1.0"): "1.0",
		json.Number("1e2"): "100.0", json.Number("1e20"): "1.0e+20", json.Number("0.00001"): "1.0e-05", json.Number("0.0"): "0.0",
	} {
		assert.Equal(t, want, parsed(params.String("x"), raw, params.Values.String), "%T %v", raw, raw)
	}
}

func TestEveryIntegerSurvivesItsSpelling(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.Int64().Draw(t, "number")
		text, err := json.Marshal(number)
		require.NoError(t, err)
		for _, param := range []params.Param{params.Int("x"), params.Int("x").Within64Bits()} {
			require.Equal(t, number, parsed(param, string(text), params.Values.Int))
			require.Equal(t, number, parsed(param, json.Number(text), params.Values.Int))
		}
	})
}
