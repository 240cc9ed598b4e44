// Package accesscache remembers for a moment whose a token is and what
// memberships give, in front of the repositories that know: nearly every request
// asks for one or the other.
//
// What changes on this node is forgotten before the change returns, so that the
// very next request is judged by it. What changes on another node is noticed
// when an entry is too old, within a second and without any message. So every
// repository that can change what is remembered goes through the same Cache.
package accesscache
