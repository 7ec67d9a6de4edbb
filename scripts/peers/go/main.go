// Calls the workload programs as a client in another language would: grpc-go, with the types that server reflection
// gives, in both of its versions. Prints one line for each check, "ok <name>" or "not ok <name>: <why>".
package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/encoding/gzip"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/dynamicpb"
)

func main() {
	yages, echo := connect(os.Args[1]), connect(os.Args[2])
	for _, version := range []string{"v1", "v1alpha"} {
		check(version+" lists the services of yages", func() error {
			return same(list(yages, version), "grpc.health.v1.Health grpc.reflection.v1.ServerReflection "+
				"grpc.reflection.v1alpha.ServerReflection yages.Echo")
		})
		check(version+" tells every service's types, complete", func() error {
			for _, service := range strings.Fields(list(echo, version)) {
				if _, err := describe(echo, version, service); err != nil {
					return fmt.Errorf("%s: %w", service, err)
				}
			}
			return nil
		})
		check(version+" ping", func() error { return unary(yages, version, "yages.Echo", "Ping", `{}`, `{"text":"pong"}`) })
		check(version+" reverse", func() error {
			return unary(yages, version, "yages.Echo", "Reverse", `{"text":"aé😀z"}`, `{"text":"z😀éa"}`)
		})
		check(version+" refuses an unknown symbol", func() error {
			if _, err := describe(yages, version, "no.Such"); err == nil || !strings.Contains(err.Error(), "5 no such symbol") {
				return fmt.Errorf("got %v", err)
			}
			return nil
		})
	}
	check("health", func() error {
		answer, err := grpc_health_v1.NewHealthClient(yages).Check(soon(), &grpc_health_v1.HealthCheckRequest{Service: "yages.Echo"})
		if err != nil {
			return err
		}
		return same(answer.Status.String(), "SERVING")
	})
	service, err := describe(echo, "v1", "mirrorspec.echo.v1.Echo")
	if err != nil {
		fmt.Println("not ok types of echo:", err)
		os.Exit(1)
	}
	e := echoService{echo, service}
	check("unary", func() error {
		return e.call("Unary", []string{`{"text":"a","payload":"AP8="}`}, `{"payload":"AP8=","text":"a"}`)
	})
	check("client-streaming", func() error {
		return e.call("ClientStream", []string{`{"text":"a"}`, `{"text":"b"}`, `{"payload":"AA=="}`}, `{"payload":"AA==","text":"ab"}`)
	})
	check("server-streaming", func() error {
		return e.call("ServerStream", []string{`{"text":"a","control":{"messages":2}}`}, `{"text":"a"} {"index":1,"text":"a"}`)
	})
	check("bidi-streaming, one by one", e.bidiInTurns)
	for _, method := range []string{"Unary", "ClientStream", "ServerStream", "BidiStream"} {
		check("error with trailers from "+method, func() error { return e.fails(method, false) })
		check("trailers-only error from "+method, func() error { return e.fails(method, true) })
	}
	check("metadata both ways", e.metadata)
	check("gzip", func() error {
		text := strings.Repeat("squeeze ", 1000)
		return e.call("Unary", []string{`{"text":"` + text + `"}`}, `{"text":"`+text+`"}`, grpc.UseCompressor(gzip.Name))
	})
	check("64 MiB both ways", e.large)
	check("cancel", e.cancel)
	check("unknown method", func() error {
		err := echo.Invoke(soon(), "/mirrorspec.echo.v1.Echo/Other", dynamicpb.NewMessage(e.input("Unary")), dynamicpb.NewMessage(e.output("Unary")))
		return same(status.Code(err).String(), codes.Unimplemented.String())
	})
}

func connect(address string) *grpc.ClientConn {
	const most = 65 << 20
	connection, err := grpc.NewClient("passthrough:///"+address, grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(most), grpc.MaxCallSendMsgSize(most)))
	if err != nil {
		panic(err)
	}
	return connection
}

func check(name string, run func() error) {
	if err := run(); err != nil {
		fmt.Printf("not ok %s: %v\n", name, err)
		return
	}
	fmt.Println("ok", name)
}

func same(got, want string) error {
	if got != want {
		return fmt.Errorf("expected %.200q, got %.200q", want, got)
	}
	return nil
}

func soon() context.Context {
	// The process is short-lived, and the deadline ends the context.
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	_ = cancel
	return ctx
}

func unary(connection *grpc.ClientConn, version, service, method, request, want string) error {
	descriptor, err := describe(connection, version, service)
	if err != nil {
		return err
	}
	e := echoService{connection, descriptor}
	return e.call(method, []string{request}, want)
}
