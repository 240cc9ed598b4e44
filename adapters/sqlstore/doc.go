// Package sqlstore keeps everything in PostgreSQL or SQLite. It implements the
// repositories of package ports; test/contract runs it on both databases.
//
// Every query is written once for both dialects; what differs stands in
// dialect.go, postgres.go and sqlite.go. A repository is a file of methods, a
// file ..._rows.go says how its entities look in tables: rowOf makes a row of
// an entity and the row's method an entity of the row, and nothing else converts.
//
// A writer locks the row of the aggregate first and reads it in a second
// statement. Read together, PostgreSQL would return what belongs to the row,
// such as a count of links, as it was before the lock was waited for.
package sqlstore
