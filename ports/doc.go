// Package ports declares what the application needs from outside: storage,
// time, randomness and keyed digests. Adapters keep the promises written here;
// test/contract checks them on every adapter.
//
// For all repositories: what was stored is given back as it was, times in UTC
// with microseconds. What does not exist is a not-found error of the domain
// that names the resource ("Runner", "Project"); a broken uniqueness is a
// conflict. Every write is whole or not at all, and survives a crash once it
// has returned. What a write calls back to decide may be called again, on what is
// stored then; its last call counts. Lists are in the order of ids and never nil.
package ports
