// Package domain holds the words and the rules of Runyard, and nothing else.
//
// A Runner runs jobs. An instance runner serves every project, a group runner
// the projects of one Group and of the groups below it, a project runner those
// projects to which an Assignment attaches it. A User acts through an Actor; a
// Membership gives a user an AccessLevel on a group or a project, and what the
// actor may do there is decided by ProjectAccess, GroupAccess and RunnerAccess.
// A Job belongs to a Pipeline, a pipeline to a project.
//
// Everything here is computed from arguments: time, randomness, storage and
// the wire stay outside, so that a rule can be read and tested by itself. The
// rules follow chapters 2 and 3 of the Runners API reference and the directory
// and job pages of the service reference.
package domain
