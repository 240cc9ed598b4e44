package main

import (
	"io"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// newLogger writes lines of the level and form that the settings ask for to w.
// Lines carry neither caller nor stack trace: the message and its fields must do.
func newLogger(w io.Writer, settings Settings) *zap.Logger {
	config := zap.NewProductionEncoderConfig()
	config.EncodeTime = zapcore.ISO8601TimeEncoder
	config.EncodeDuration = zapcore.StringDurationEncoder
	encoder := zapcore.NewJSONEncoder(config)
	if settings.LogFormat == LogConsole {
		config.EncodeLevel = zapcore.CapitalLevelEncoder
		encoder = zapcore.NewConsoleEncoder(config)
	}
	sink := zapcore.Lock(zapcore.AddSync(w))
	return zap.New(zapcore.NewCore(encoder, sink, settings.LogLevel), zap.ErrorOutput(sink))
}

// logBuffer collects lines, so that not every request costs a system call. It
// holds them back for a moment only. Its owner stops it.
type logBuffer struct{ *zapcore.BufferedWriteSyncer }

const (
	logDelay  = 200 * time.Millisecond
	logLength = 64 << 10
)

func newLogBuffer(w io.Writer) logBuffer {
	return logBuffer{&zapcore.BufferedWriteSyncer{
		WS: zapcore.AddSync(lossy{w}), Size: logLength, FlushInterval: logDelay,
	}}
}

// prompt writes to the buffer what is to be read at once, with everything before.
func (b logBuffer) prompt() io.Writer { return promptWriter(b) }

type promptWriter logBuffer

// Write implements io.Writer.
func (w promptWriter) Write(line []byte) (int, error) {
	n, err := w.BufferedWriteSyncer.Write(line)
	if err != nil {
		return n, err
	}
	return n, w.Sync()
}

// lossy loses what cannot be written: the buffer would refuse everything after
// an error. It has no Sync, so that a log in a file does not make disks busy.
type lossy struct{ to io.Writer }

// Write implements io.Writer.
func (w lossy) Write(lines []byte) (int, error) {
	_, _ = w.to.Write(lines)
	return len(lines), nil
}
