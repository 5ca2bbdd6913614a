package dev.concordat.codegen;

import com.google.protobuf.DescriptorProtos.Edition;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.compiler.PluginProtos.CodeGeneratorRequest;
import com.google.protobuf.compiler.PluginProtos.CodeGeneratorResponse;
import com.google.protobuf.compiler.PluginProtos.CodeGeneratorResponse.Feature;
import dev.concordat.contract.Checker;
import dev.concordat.contract.Finding;
import dev.concordat.contract.LinkedFiles;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// From request to answer: link the files, check them, write what they say.
final class Generator {
  private Generator() {}

  static CodeGeneratorResponse answer(CodeGeneratorRequest request) {
    CodeGeneratorResponse.Builder response = response();
    List<FileDescriptor> known = LinkedFiles.of(request.getProtoFileList());
    List<FileDescriptor> wanted =
        known.stream().filter(f -> request.getFileToGenerateList().contains(f.getName())).toList();
    List<Finding> findings = findings(known, wanted);
    if (!findings.isEmpty()) {
      return response.setError(refusal(findings)).build();
    }
    var packages = new JavaPackages(known);
    Map<String, CodeGeneratorResponse.File> files = new LinkedHashMap<>();
    for (FileDescriptor file : wanted) {
      write(file, packages, files);
    }
    return response.addAllFile(files.values()).build();
  }

  private static CodeGeneratorResponse.Builder response() {
    return CodeGeneratorResponse.newBuilder()
        .setSupportedFeatures(
            Feature.FEATURE_PROTO3_OPTIONAL_VALUE | Feature.FEATURE_SUPPORTS_EDITIONS_VALUE)
        .setMinimumEdition(Edition.EDITION_PROTO2_VALUE)
        .setMaximumEdition(Edition.EDITION_2024_VALUE);
  }

  private static List<Finding> findings(List<FileDescriptor> known, List<FileDescriptor> wanted) {
    List<Finding> findings = new ArrayList<>(Checker.of(known).check(wanted));
    findings.addAll(new JavaNamesCheck(known).check(wanted));
    return findings.stream().sorted().distinct().toList();
  }

  private static String refusal(List<Finding> findings) {
    return (findings.size() == 1 ? "the contract breaks a rule:" : "the contract breaks rules:")
        + findings.stream().map(Finding::toString).collect(Collectors.joining("\n", "\n", ""));
  }

  private static void write(
      FileDescriptor file, JavaPackages packages, Map<String, CodeGeneratorResponse.File> files) {
    for (ServiceDescriptor service : file.getServices()) {
      put(files, MethodsFile.of(service, packages));
      put(files, ApiFile.of(service, packages));
      put(files, ClientFile.of(service, packages));
    }
    var owner = OwnerType.of(file);
    if (owner.javaPackage().equals(packages.of(file))) {
      put(files, OwnerFile.of(owner, packages));
    }
    for (Descriptor message : file.getMessageTypes()) {
      MessageInterfaces.insert(message, owner, inserted -> put(files, inserted));
    }
  }

  private static void put(
      Map<String, CodeGeneratorResponse.File> files, CodeGeneratorResponse.File file) {
    files.put(file.getName() + file.getInsertionPoint(), file);
  }
}
