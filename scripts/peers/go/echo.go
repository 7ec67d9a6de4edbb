package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"
)

type echoService struct {
	connection *grpc.ClientConn
	service    protoreflect.ServiceDescriptor
}

func (e echoService) method(name string) protoreflect.MethodDescriptor {
	return e.service.Methods().ByName(protoreflect.Name(name))
}

func (e echoService) input(method string) protoreflect.MessageDescriptor {
	return e.method(method).Input()
}
func (e echoService) output(method string) protoreflect.MessageDescriptor {
	return e.method(method).Output()
}

func (e echoService) open(ctx context.Context, name string, options ...grpc.CallOption) (grpc.ClientStream, error) {
	method := e.method(name)
	description := &grpc.StreamDesc{
		StreamName: name, ClientStreams: method.IsStreamingClient(), ServerStreams: method.IsStreamingServer(),
	}
	return e.connection.NewStream(ctx, description, "/"+string(e.service.FullName())+"/"+name, options...)
}

func (e echoService) send(stream grpc.ClientStream, method, json string) error {
	request := dynamicpb.NewMessage(e.input(method))
	if err := protojson.Unmarshal([]byte(json), request); err != nil {
		return err
	}
	return stream.SendMsg(request)
}

// The answer in compact JSON.
func (e echoService) receive(stream grpc.ClientStream, method string) (string, error) {
	reply := dynamicpb.NewMessage(e.output(method))
	if err := stream.RecvMsg(reply); err != nil {
		return "", err
	}
	json, err := protojson.Marshal(reply)
	return strings.ReplaceAll(strings.ReplaceAll(string(json), `": `, `":`), `, "`, `,"`), err
}

// Sends all requests and reads to the end: the answers, joined by spaces, and the error other than the end.
func (e echoService) exchange(ctx context.Context, method string, requests []string, options ...grpc.CallOption) (string, grpc.ClientStream, error) {
	stream, err := e.open(ctx, method, options...)
	if err != nil {
		return "", nil, err
	}
	for _, request := range requests {
		if err := e.send(stream, method, request); err != nil && !errors.Is(err, io.EOF) {
			return "", stream, err
		}
	}
	if err := stream.CloseSend(); err != nil {
		return "", stream, err
	}
	answers := []string{}
	for {
		answer, err := e.receive(stream, method)
		if errors.Is(err, io.EOF) {
			return strings.Join(answers, " "), stream, nil
		}
		if err != nil {
			return strings.Join(answers, " "), stream, err
		}
		answers = append(answers, answer)
		if !e.method(method).IsStreamingServer() {
			return answer, stream, nil
		}
	}
}

func (e echoService) call(method string, requests []string, want string, options ...grpc.CallOption) error {
	got, _, err := e.exchange(soon(), method, requests, options...)
	if err != nil {
		return err
	}
	return same(got, want)
}

func (e echoService) bidiInTurns() error {
	stream, err := e.open(soon(), "BidiStream")
	if err != nil {
		return err
	}
	for index, text := range []string{"a", "b", "c"} {
		if err := e.send(stream, "BidiStream", `{"text":"`+text+`"}`); err != nil {
			return err
		}
		got, err := e.receive(stream, "BidiStream")
		if err != nil {
			return err
		}
		if index == 0 && got != `{"text":"a"}` || index > 0 && got != fmt.Sprintf(`{"index":%d,"text":%q}`, index, text) {
			return fmt.Errorf("answer %d is %s", index, got)
		}
	}
	if err := stream.CloseSend(); err != nil {
		return err
	}
	if _, err := e.receive(stream, "BidiStream"); !errors.Is(err, io.EOF) {
		return fmt.Errorf("expected the end, got %v", err)
	}
	return nil
}

func (e echoService) fails(method string, atOnce bool) error {
	control := fmt.Sprintf(`{"control":{"status":9,"statusMessage":"nöt now","trailers":[{"name":"x-why","value":"because"}],`+
		`"headers":[{"name":"x-head","value":"h"}],"failAtOnce":%t}}`, atOnce)
	_, stream, err := e.exchange(soon(), method, []string{control})
	if status.Code(err) != codes.FailedPrecondition || status.Convert(err).Message() != "nöt now" {
		return fmt.Errorf("got %v", err)
	}
	if got := stream.Trailer().Get("x-why"); len(got) != 1 || got[0] != "because" {
		return fmt.Errorf("trailers are %v", stream.Trailer())
	}
	head, err := stream.Header()
	if has := len(head.Get("x-head")) == 1; has == atOnce {
		return fmt.Errorf("head is %v (%v)", head, err)
	}
	return nil
}

func (e echoService) metadata() error {
	ctx := metadata.AppendToOutgoingContext(soon(), "x-echo-back-a", "1", "x-echo-back-b-bin", "\x00\xff", "x-other", "2")
	_, stream, err := e.exchange(ctx, "ServerStream", []string{`{"control":{"headers":[{"name":"raw-bin","value":"AP8="}]}}`})
	if err != nil {
		return err
	}
	head, err := stream.Header()
	if err != nil {
		return err
	}
	return same(fmt.Sprint(head.Get("x-echo-back-a"), head.Get("x-echo-back-b-bin"), head.Get("x-other"), head.Get("raw-bin")),
		"[1] [\x00\xff] [] [\x00\xff]")
}

func (e echoService) large() error {
	payload := bytes.Repeat([]byte("mirrorspec"), (64<<20)/10)
	request, reply := dynamicpb.NewMessage(e.input("Unary")), dynamicpb.NewMessage(e.output("Unary"))
	request.Set(e.input("Unary").Fields().ByName("payload"), protoreflect.ValueOfBytes(payload))
	if err := e.connection.Invoke(soon(), "/mirrorspec.echo.v1.Echo/Unary", request, reply); err != nil {
		return err
	}
	if !bytes.Equal(reply.Get(e.output("Unary").Fields().ByName("payload")).Bytes(), payload) {
		return errors.New("the payload is not the same")
	}
	return nil
}

func (e echoService) cancel() error {
	ctx, cancel := context.WithCancel(metadata.AppendToOutgoingContext(soon(), "x-mirrorspec-call", "cancelled"))
	defer cancel()
	stream, err := e.open(ctx, "ServerStream")
	if err != nil {
		return err
	}
	if err := e.send(stream, "ServerStream", `{"control":{"messages":1000,"intervalMs":20}}`); err != nil {
		return err
	}
	if err := stream.CloseSend(); err != nil {
		return err
	}
	if _, err := e.receive(stream, "ServerStream"); err != nil {
		return err
	}
	cancel()
	_, err = e.receive(stream, "ServerStream")
	for err == nil {
		_, err = e.receive(stream, "ServerStream")
	}
	return same(status.Code(err).String(), codes.Canceled.String())
}
