package application

import (
	"fmt"
	"runtime/debug"
)

// onOwnStack runs work in a goroutine of its own, and waits for it. A stack grows
// to what the deepest call needs, and stays so while its goroutine waits. Reading
// from storage goes deep: thousands who are going to wait keep their stacks small
// if others do it for them. A panic of work is one of the caller's.
func onOwnStack(work func()) {
	var cause any
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() {
			if cause = recover(); cause != nil {
				cause = fmt.Sprintf("%v, at\n%s", cause, debug.Stack())
			}
		}()
		work()
	}()
	<-done
	if cause != nil {
		panic(cause)
	}
}
