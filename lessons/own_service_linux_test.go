package main

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"zeromq-lessons/internal/host"
	"zeromq-lessons/internal/lessontest"
)

// asRoot skips a test, by its name, where it is not root or may not have
// namespaces. CI requires it.
func asRoot(t *testing.T) {
	cmd := exec.Command("true")
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET | syscall.CLONE_NEWPID}
	if err := cmd.Run(); err != nil {
		if host.Required("root") {
			t.Fatalf("LESSONS_REQUIRE names root: %v", err)
		}
		t.Skipf("%s needs root and namespaces: %v", t.Name(), err)
	}
}

// SIGTERM ends the service when it is process 1, as in a container.
func TestProcessOne(t *testing.T) {
	lessontest.Thorough(t)
	asRoot(t)
	s := newService(makeModule(t, read(t, ownService)))
	s.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWPID}
	s.start(t)
	s.run(t, "./inventory put color green")
	s.stop(t)
}

// Two computers are two network namespaces, with a cable between them.
func TestTwoComputers(t *testing.T) {
	lessontest.Thorough(t)
	asRoot(t)
	ip, err := exec.LookPath("ip")
	if err != nil {
		t.Skip("TestTwoComputers needs ip, of iproute2")
	}
	dir := makeModule(t, read(t, ownService))
	const server, client = "lessons-server", "lessons-client"
	command := func(line string) error {
		out, err := exec.Command(ip, strings.Fields(line)...).CombinedOutput()
		if err != nil {
			return errors.New("ip " + line + ": " + err.Error() + ": " + string(out))
		}
		return nil
	}
	cleanup := func() {
		command("netns del " + server)
		command("netns del " + client)
	}
	cleanup() // what a test that was killed has left
	t.Cleanup(cleanup)
	for _, line := range []string{
		"netns add " + server,
		"netns add " + client,
		"link add eth0 netns " + server + " type veth peer name eth0 netns " + client,
		"-n " + server + " addr add 10.79.0.1/24 dev eth0",
		"-n " + client + " addr add 10.79.0.2/24 dev eth0",
		"-n " + server + " link set lo up",
		"-n " + server + " link set eth0 up",
		"-n " + client + " link set eth0 up",
	} {
		if err := command(line); err != nil {
			t.Fatal(err)
		}
	}

	ask := func(namespace string, args ...string) (string, error) {
		cmd := exec.Command(ip, append([]string{"netns", "exec", namespace, "./inventory", "-tries", "1"}, args...)...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		return string(out), err
	}

	// By default no other computer reaches it.
	local := newService(dir)
	local.in(ip, server)
	local.start(t)
	if out, err := ask(server, "-timeout", "1m", "put", "color", "green"); err != nil {
		t.Fatalf("on the same computer: %v, %s", err, out)
	}
	if out, err := ask(client, "-connect", "guard://10.79.0.1:5555", "-timeout", "500ms", "get", "color"); !strings.Contains(out, "no reply from guard://10.79.0.1:5555") {
		t.Errorf("from another computer: %v, %s", err, out)
	}
	local.stop(t)

	// Bound to all addresses, it does.
	s := newService(dir)
	s.in(ip, server)
	s.Args = append(s.Args[:len(s.Args)-1], "-bind", "guard://*:5555", "serve")
	s.start(t)
	for _, args := range [][]string{{"put", "color", "green"}, {"get", "color"}} {
		out, err := ask(client, append([]string{"-connect", "guard://10.79.0.1:5555", "-timeout", "1m"}, args...)...)
		if err != nil || out != "color = green\n" {
			t.Errorf("%s from another computer: %v, %s", args[0], err, out)
		}
	}
	s.stop(t)
}

// in makes the service run in a network namespace.
func (s *service) in(ip, namespace string) {
	s.Path, s.Args = ip, append([]string{ip, "netns", "exec", namespace}, s.Args...)
	s.Env = os.Environ()
}
