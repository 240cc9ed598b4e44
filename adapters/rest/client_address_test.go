package rest

import (
	"net/http/httptest"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestClientAddress(t *testing.T) {
	t.Parallel()
	public := []netip.Prefix{netip.MustParsePrefix("198.51.100.0/24")}
	for name, test := range map[string]struct {
		peer      string
		forwarded []string
		trusted   []netip.Prefix
		want      string
	}{
		"the address that a trusted proxy tells":    {"127.0.0.1:1", []string{"123.111.123.111"}, DefaultTrustedProxies(), "123.111.123.111"},
		"the right-most one":                        {"10.0.0.1:1", []string{"1.1.1.1, 2.2.2.2"}, DefaultTrustedProxies(), "2.2.2.2"},
		"the right-most one that is not private":    {"10.0.0.1:1", []string{"1.1.1.1, 192.168.0.9,127.0.0.1"}, DefaultTrustedProxies(), "1.1.1.1"},
		"the right-most one that is not trusted":    {"198.51.100.1:1", []string{"1.1.1.1, 198.51.100.7"}, public, "1.1.1.1"},
		"private ones are passed over all the same": {"198.51.100.1:1", []string{"1.1.1.1, 10.0.0.9, ::1"}, public, "1.1.1.1"},
		"several headers are one":                   {"[::1]:1", []string{"1.1.1.1", "2.2.2.2"}, DefaultTrustedProxies(), "2.2.2.2"},
		"what is no address is passed over":         {"127.0.0.1:1", []string{"1.1.1.1, unknown,"}, DefaultTrustedProxies(), "1.1.1.1"},
		"a port does not belong to it":              {"127.0.0.1:1", []string{"1.1.1.1:99"}, DefaultTrustedProxies(), "1.1.1.1"},
		"IPv6 with a port":                          {"127.0.0.1:1", []string{"[2001:db8::1]:99"}, DefaultTrustedProxies(), "2001:db8::1"},
		"IPv4 in IPv6 is IPv4":                      {"[::ffff:10.0.0.1]:1", []string{"::ffff:1.1.1.1"}, DefaultTrustedProxies(), "1.1.1.1"},
		"a stranger's header is not believed":       {"203.0.113.5:1", []string{"1.1.1.1"}, DefaultTrustedProxies(), "203.0.113.5"},
		"nobody is trusted":                         {"127.0.0.1:1", []string{"1.1.1.1"}, nil, "127.0.0.1"},
		"the peer when all are private":             {"127.0.0.1:1", []string{"10.0.0.1"}, DefaultTrustedProxies(), "127.0.0.1"},
		"the peer without a header":                 {"127.0.0.1:1", nil, DefaultTrustedProxies(), "127.0.0.1"},
		"the peer without a zone":                   {"[fe80::1%eth0]:1", nil, DefaultTrustedProxies(), "fe80::1"},
		"none for a Unix socket":                    {"@", []string{"1.1.1.1"}, DefaultTrustedProxies(), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest("POST", "/", nil)
			r.RemoteAddr = test.peer
			for _, value := range test.forwarded {
				r.Header.Add("X-Forwarded-For", value)
			}
			assert.Equal(t, test.want, ClientAddress(r, test.trusted))
		})
	}
}

func TestParseTrustedProxies(t *testing.T) {
	t.Parallel()
	for setting, want := range map[string][]string{
		"":                          {"127.0.0.0/8", "::1/128", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"},
		" ":                         {"127.0.0.0/8", "::1/128", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"},
		"192.0.2.1":                 {"192.0.2.1/32"},
		"192.0.2.7/24, 2001:db8::1": {"192.0.2.0/24", "2001:db8::1/128"},
		"::ffff:192.0.2.1":          {"192.0.2.1/32"},
	} {
		t.Run(setting, func(t *testing.T) {
			t.Parallel()
			got, err := ParseTrustedProxies(setting)
			require.NoError(t, err)
			texts := []string{}
			for _, prefix := range got {
				texts = append(texts, prefix.String())
			}
			assert.Equal(t, want, texts)
		})
	}
}

func TestParseTrustedProxiesNamesTheBadItem(t *testing.T) {
	t.Parallel()
	for setting, item := range map[string]string{
		"10.0.0.0/8, proxy.example": `"proxy.example"`, "10.0.0.0/99": `"10.0.0.0/99"`, "10.0.0.1,": `""`,
	} {
		t.Run(setting, func(t *testing.T) {
			t.Parallel()
			_, err := ParseTrustedProxies(setting)
			assert.ErrorContains(t, err, item+": write an address such as 192.0.2.1")
		})
	}
}
