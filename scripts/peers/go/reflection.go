package main

import (
	"errors"
	"fmt"
	"io"
	"sort"
	"strings"

	"google.golang.org/grpc"
	reflectionv1 "google.golang.org/grpc/reflection/grpc_reflection_v1"
	reflectionv1alpha "google.golang.org/grpc/reflection/grpc_reflection_v1alpha"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
)

// The two versions have the same messages under two names.
func reflect(connection *grpc.ClientConn, version string, question *reflectionv1.ServerReflectionRequest) (*reflectionv1.ServerReflectionResponse, error) {
	bytes, err := proto.Marshal(question)
	if err != nil {
		return nil, err
	}
	if version == "v1" {
		stream, err := reflectionv1.NewServerReflectionClient(connection).ServerReflectionInfo(soon())
		if err != nil {
			return nil, err
		}
		if err := stream.Send(question); err != nil {
			return nil, err
		}
		answer, err := stream.Recv()
		if err != nil {
			return nil, err
		}
		return answer, finish(stream)
	}
	stream, err := reflectionv1alpha.NewServerReflectionClient(connection).ServerReflectionInfo(soon())
	if err != nil {
		return nil, err
	}
	old := &reflectionv1alpha.ServerReflectionRequest{}
	if err := proto.Unmarshal(bytes, old); err != nil {
		return nil, err
	}
	if err := stream.Send(old); err != nil {
		return nil, err
	}
	answer, err := stream.Recv()
	if err != nil {
		return nil, err
	}
	if err := finish(stream); err != nil {
		return nil, err
	}
	if bytes, err = proto.Marshal(answer); err != nil {
		return nil, err
	}
	result := &reflectionv1.ServerReflectionResponse{}
	return result, proto.Unmarshal(bytes, result)
}

// Ends a conversation in order: a client that just leaves resets the stream.
func finish(stream grpc.ClientStream) error {
	if err := stream.CloseSend(); err != nil {
		return err
	}
	if err := stream.RecvMsg(&reflectionv1.ServerReflectionResponse{}); !errors.Is(err, io.EOF) {
		return fmt.Errorf("expected the end, got %v", err)
	}
	return nil
}

func list(connection *grpc.ClientConn, version string) string {
	answer, err := reflect(connection, version, &reflectionv1.ServerReflectionRequest{
		MessageRequest: &reflectionv1.ServerReflectionRequest_ListServices{ListServices: "*"},
	})
	if err != nil {
		return err.Error()
	}
	names := []string{}
	for _, service := range answer.GetListServicesResponse().GetService() {
		names = append(names, service.Name)
	}
	sort.Strings(names)
	return strings.Join(names, " ")
}

func describe(connection *grpc.ClientConn, version, service string) (protoreflect.ServiceDescriptor, error) {
	answer, err := reflect(connection, version, &reflectionv1.ServerReflectionRequest{
		MessageRequest: &reflectionv1.ServerReflectionRequest_FileContainingSymbol{FileContainingSymbol: service},
	})
	if err != nil {
		return nil, err
	}
	if failure := answer.GetErrorResponse(); failure != nil {
		return nil, fmt.Errorf("%d %s", failure.ErrorCode, failure.ErrorMessage)
	}
	set := &descriptorpb.FileDescriptorSet{}
	for _, bytes := range answer.GetFileDescriptorResponse().GetFileDescriptorProto() {
		file := &descriptorpb.FileDescriptorProto{}
		if err := proto.Unmarshal(bytes, file); err != nil {
			return nil, err
		}
		set.File = append(set.File, file)
	}
	// Without options: every name must resolve, and every reference must be complete.
	files, err := protodesc.NewFiles(set)
	if err != nil {
		return nil, err
	}
	found, err := files.FindDescriptorByName(protoreflect.FullName(service))
	if err != nil {
		return nil, err
	}
	return found.(protoreflect.ServiceDescriptor), nil
}
