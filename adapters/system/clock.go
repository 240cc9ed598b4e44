package system

import "time"

// Clock is the clock of the machine.
type Clock struct{}

// Now is the present moment in UTC, cut to microseconds: finer parts would be
// lost in the database, and a moment must compare equal to what comes back.
func (Clock) Now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }
