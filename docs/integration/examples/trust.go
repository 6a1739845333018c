// SPDX-FileCopyrightText: 2026 The anchord authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// trust: asks anchord about trust over D-Bus, with godbus. docs/integration/go.md tells it part by part.
// Exit codes: 0 done or trusted, 1 an error, 2 wrong usage, 3 not trusted, 4 not authorized, 5 anchord is not on this machine.
package main

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/godbus/dbus"
)

// begin: call
const (
	name    = "org.anchord.Anchord1"
	path    = "/org/anchord/Anchord1"
	reading = 30 * time.Second // the service may have to be started first
)

func call(method string, arguments ...interface{}) *dbus.Call {
	bus, err := dbus.SystemBus()
	if err != nil {
		return &dbus.Call{Err: errNotHere}
	}
	ctx, cancel := context.WithTimeout(context.Background(), reading)
	defer cancel()
	return bus.Object(name, path).CallWithContext(ctx, name+"."+method, 0, arguments...)
}

var errNotHere = errors.New("anchord is not on this machine")

// The name of an error of anchord's, "" for any other; errNotHere is the only case in which the distribution's roots stand in.
func nameOf(err error) (string, error) {
	var refused dbus.Error
	if !errors.As(err, &refused) {
		return "", err
	}
	switch refused.Name {
	case "org.freedesktop.DBus.Error.ServiceUnknown", "org.freedesktop.DBus.Error.NameHasNoOwner":
		return "", errNotHere
	}
	return strings.TrimPrefix(refused.Name, name+".Error."), err
}

// end: call

// begin: verify
func readChain(file string) ([][]byte, error) {
	rest, err := os.ReadFile(file)
	var chain [][]byte
	for block, more := pem.Decode(rest); block != nil; block, more = pem.Decode(more) {
		if block.Type == "CERTIFICATE" {
			chain = append(chain, block.Bytes)
		}
	}
	return chain, err
}

func verify(host, file, store string) (int, error) {
	chain, err := readChain(file)
	if err != nil {
		return 1, err
	}
	options := map[string]dbus.Variant{
		"purpose": dbus.MakeVariant("server-auth"), "name": dbus.MakeVariant(host), "store": dbus.MakeVariant(store)}
	verdict := map[string]dbus.Variant{}
	if err := call("Verifier.Verify", chain, options).Store(&verdict); err != nil {
		return 1, err
	}
	// Only a `trusted` that is there, and true, is trust.
	if trusted, ok := verdict["trusted"].Value().(bool); ok && trusted {
		fmt.Println("trusted")
		return 0, nil
	}
	fmt.Printf("not trusted: %v: %v\n%v\n", verdict["reason"].Value(), verdict["message"].Value(), verdict["remedy"].Value())
	return 3, nil
}

// end: verify

// begin: bundle
func readBundle(store string) ([]byte, error) {
	var fd dbus.UnixFD
	var size, generation uint64
	if err := call("Anchors.GetBundle", store, "server-auth", "pem-bundle").Store(&fd, &size, &generation); err != nil {
		return nil, err
	}
	file := os.NewFile(uintptr(fd), "bundle")
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, int64(size)))
}

// Roots for a tls.Config: anchord's, or what Go finds itself where anchord is not.
func roots() (*x509.CertPool, error) {
	content, err := readBundle("system")
	if err != nil {
		if _, why := nameOf(err); errors.Is(why, errNotHere) {
			return x509.SystemCertPool()
		}
		return nil, err
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(content)
	return pool, nil
}

// end: bundle

func bundle(file, store string) (int, error) {
	content, err := readBundle(store)
	if err != nil {
		return 1, err
	}
	pool, err := roots()
	if err != nil {
		return 1, err
	}
	fmt.Printf("%s: %d bytes, anchord's, %d roots\n", file, len(content), len(pool.Subjects()))
	return 0, os.WriteFile(file, content, 0o644)
}

// begin: why
func why(fingerprint string) (int, error) {
	answer := map[string]dbus.Variant{}
	if err := call("Anchors.Why", fingerprint).Store(&answer); err != nil {
		return 1, err
	}
	fmt.Printf("%v, decided by %v\n", answer["status"].Value(), answer["decided-by"].Value())
	sources, _ := answer["sources"].Value().([]map[string]dbus.Variant)
	for _, source := range sources {
		fmt.Printf("  %v %v it: %v\n", source["layer"].Value(), source["says"].Value(), source["reason"].Value())
	}
	return 0, nil
}

// end: why

// begin: request
func request(file, reason string) (int, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return 1, err
	}
	var id string
	err = call("Requests.Create", content, map[string]dbus.Variant{"reason": dbus.MakeVariant(reason)}).Store(&id)
	if err == nil {
		fmt.Println(id)
	}
	return 1, err
}

// end: request

// begin: watch
func watch() (int, error) {
	bus, err := dbus.SystemBus()
	if err != nil {
		return 1, errNotHere
	}
	// The sender is named, so that nobody else's signal counts; and first the signal, then a look: what changes in between is told.
	err = bus.AddMatchSignal(dbus.WithMatchSender(name), dbus.WithMatchObjectPath(path), dbus.WithMatchInterface(name+".Anchors"),
		dbus.WithMatchMember("Changed"))
	if err != nil {
		return 1, err
	}
	signals := make(chan *dbus.Signal, 16)
	bus.Signal(signals)
	for {
		// The signal only wakes: what counts is asked for. So a signal that somebody else sends straight to us does no harm.
		generation, err := bus.Object(name, path).GetProperty(name + ".Anchors.Generation")
		if err != nil {
			return 1, err
		}
		fmt.Println("generation", generation.Value())
		if _, open := <-signals; !open {
			return 1, errors.New("the bus is gone")
		}
	}
}

// end: watch

func run(words []string) (int, error) {
	store := "system"
	switch {
	case len(words) >= 3 && words[0] == "verify":
		if len(words) > 3 {
			store = words[3]
		}
		return verify(words[1], words[2], store)
	case len(words) >= 2 && words[0] == "bundle":
		if len(words) > 2 {
			store = words[2]
		}
		return bundle(words[1], store)
	case len(words) == 2 && words[0] == "why":
		return why(words[1])
	case len(words) == 3 && words[0] == "request":
		code, err := request(words[1], words[2])
		if err == nil {
			code = 0
		}
		return code, err
	case len(words) == 1 && words[0] == "watch":
		return watch()
	}
	return 2, errors.New("usage: trust verify NAME CHAIN [STORE] | bundle FILE [STORE] | why FINGERPRINT | request FILE REASON | watch")
}

func main() {
	code, err := run(os.Args[1:])
	if err != nil {
		refused, why := nameOf(err)
		fmt.Fprintln(os.Stderr, "trust:", why)
		if errors.Is(why, errNotHere) {
			code = 5
		} else if refused == "NotAuthorized" {
			code = 4
		}
	}
	os.Exit(code)
}
