package rest

import (
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// ClientAddress is the address of the client behind the trusted proxies
// (runners-api.md 3.8): the right-most of X-Forwarded-For that is no trusted,
// private or loopback one, else the peer. The header is believed only when the
// peer is trusted, because anyone can send it. The result is empty when the
// peer has no IP address, as on a Unix socket.
func ClientAddress(r *http.Request, trusted []netip.Prefix) string {
	peer, known := parseAddress(r.RemoteAddr)
	if !known {
		return ""
	}
	if lists := r.Header.Values("X-Forwarded-For"); len(lists) > 0 && contains(trusted, peer) {
		forwarded := strings.Split(strings.Join(lists, ","), ",")
		for _, item := range slices.Backward(forwarded) {
			// Proxies write "unknown" and the like; that is no address.
			address, known := parseAddress(strings.TrimSpace(item))
			if known && !contains(trusted, address) && !address.IsPrivate() && !address.IsLoopback() {
				return address.String()
			}
		}
	}
	return peer.String()
}

// DefaultTrustedProxies are the loopback and private ranges (runners-api.md
// 3.8).
func DefaultTrustedProxies() []netip.Prefix {
	return []netip.Prefix{
		netip.MustParsePrefix("127.0.0.0/8"),
		netip.MustParsePrefix("::1/128"),
		netip.MustParsePrefix("10.0.0.0/8"),
		netip.MustParsePrefix("172.16.0.0/12"),
		netip.MustParsePrefix("192.168.0.0/16"),
		netip.MustParsePrefix("fc00::/7"),
	}
}

// ParseTrustedProxies reads the setting: addresses and CIDR ranges with commas
// between them. An empty setting means DefaultTrustedProxies.
func ParseTrustedProxies(setting string) ([]netip.Prefix, error) {
	trusted, err := ParseNetworks(setting)
	if err == nil && trusted == nil {
		trusted = DefaultTrustedProxies()
	}
	return trusted, err
}

// ParseNetworks reads addresses and CIDR ranges with commas between them. An
// empty setting means none.
func ParseNetworks(setting string) ([]netip.Prefix, error) {
	if strings.TrimSpace(setting) == "" {
		return nil, nil
	}
	var networks []netip.Prefix
	for item := range strings.SplitSeq(setting, ",") {
		prefix, err := parsePrefix(strings.TrimSpace(item))
		if err != nil {
			return nil, fmt.Errorf(
				"%q: write an address such as 192.0.2.1 or a range such as 10.0.0.0/8, with commas between: %w",
				strings.TrimSpace(item), err)
		}
		networks = append(networks, prefix)
	}
	return networks, nil
}

func parsePrefix(item string) (netip.Prefix, error) {
	if strings.Contains(item, "/") {
		prefix, err := netip.ParsePrefix(item)
		return prefix.Masked(), err
	}
	address, err := netip.ParseAddr(item)
	if err != nil {
		return netip.Prefix{}, err
	}
	address = address.Unmap().WithZone("")
	return netip.PrefixFrom(address, address.BitLen()), nil
}

// parseAddress reads an address with or without a port. IPv4 in IPv6 clothes
// counts as IPv4, and a zone means nothing to anyone else.
func parseAddress(text string) (address netip.Addr, known bool) {
	if withPort, err := netip.ParseAddrPort(text); err == nil {
		address = withPort.Addr()
	} else if address, err = netip.ParseAddr(text); err != nil {
		return netip.Addr{}, false
	}
	return address.Unmap().WithZone(""), true
}

func contains(prefixes []netip.Prefix, address netip.Addr) bool {
	return slices.ContainsFunc(prefixes, func(p netip.Prefix) bool { return p.Contains(address) })
}
