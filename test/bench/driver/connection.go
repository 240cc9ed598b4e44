// Package driver sends requests over connections that stay open, with as little
// work as possible: it shares the processors with the servers that it measures.
package driver

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
)

// Connection carries prepared requests of HTTP/1.1 and reads their answers.
type Connection struct {
	net.Conn
	answers *bufio.Reader
	body    []byte
}

// Dial opens a connection.
func Dial(ctx context.Context, address string) (*Connection, error) {
	c, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	return &Connection{Conn: c, answers: bufio.NewReaderSize(c, 16<<10)}, nil
}

// Answer is what a server said. It is good until the next exchange.
type Answer struct {
	Status int
	Body   []byte
	// Link and LastUpdate are those headers, without which a client cannot go on.
	Link, LastUpdate string
	// Total is the header X-Total; empty: the server counted no further.
	Total string
}

// Exchange sends one request and reads its answer.
func (c *Connection) Exchange(request []byte) (Answer, error) {
	if err := c.Send(request); err != nil {
		return Answer{}, err
	}
	return c.Receive()
}

// Send sends a request whose answer is received later.
func (c *Connection) Send(request []byte) error {
	_, err := c.Write(request)
	return err
}

// Receive reads an answer.
func (c *Connection) Receive() (Answer, error) {
	var answer Answer
	line, err := c.line()
	if err != nil {
		return Answer{}, err
	}
	if len(line) < len("HTTP/1.1 200") || !bytes.HasPrefix(line, []byte("HTTP/1.1 ")) {
		return Answer{}, fmt.Errorf("no answer of HTTP/1.1: %q", line)
	}
	if answer.Status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return Answer{}, fmt.Errorf("no status: %q", line)
	}
	length, chunked, err := c.header(&answer)
	if err != nil {
		return Answer{}, err
	}
	if chunked {
		err = c.readChunks()
	} else {
		c.body = c.body[:0]
		err = c.readBody(length)
	}
	answer.Body = c.body
	return answer, err
}

// line is good until something else is read.
func (c *Connection) line() ([]byte, error) {
	line, err := c.answers.ReadSlice('\n')
	return bytes.TrimRight(line, "\r\n"), err
}

func (c *Connection) header(answer *Answer) (length int, chunked bool, err error) {
	for {
		line, err := c.line()
		if err != nil || len(line) == 0 {
			return length, chunked, err
		}
		name, value, _ := bytes.Cut(line, []byte(": "))
		// Go's server writes the names in their canonical form.
		switch string(name) {
		case "Content-Length":
			if length, err = strconv.Atoi(string(value)); err != nil {
				return 0, false, err
			}
		case "Transfer-Encoding":
			chunked = true
		case "Link":
			answer.Link = string(value)
		case "X-Gitlab-Last-Update":
			answer.LastUpdate = string(value)
		case "X-Total":
			answer.Total = string(value)
		}
	}
}

// readBody reads so many bytes behind what is there of the body.
func (c *Connection) readBody(length int) error {
	begin := len(c.body)
	if cap(c.body) < begin+length {
		c.body = append(make([]byte, 0, 2*(begin+length)), c.body...)
	}
	c.body = c.body[:begin+length]
	_, err := io.ReadFull(c.answers, c.body[begin:])
	return err
}

func (c *Connection) readChunks() error {
	c.body = c.body[:0]
	for {
		line, err := c.line()
		if err != nil {
			return err
		}
		length, err := strconv.ParseInt(string(line), 16, 32)
		if err != nil {
			return errors.New("a chunk without length")
		}
		if err := c.readBody(int(length)); err != nil {
			return err
		}
		if _, err := c.answers.Discard(len("\r\n")); err != nil || length == 0 {
			return err
		}
	}
}
