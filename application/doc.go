// Package application holds the use cases of Runyard, one file each: in what
// order things are looked up, who may do it, what changes together. The rules
// themselves are the domain's.
//
// Where the wire demands that permission is decided before parameters are
// looked at (Runners API reference 1.6), permission is a first step of its own
// that returns a value with the further steps as methods: ProjectRunners,
// GroupRunners, ProjectEditor and the like. There is no other way to them.
package application
