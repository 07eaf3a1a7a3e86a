import Documents
import WaybillCore

@testable import Gatekeeper

/// Documents for tests.
enum Sample {
    static let template = """
        apiVersion: templates.gatekeeper.sh/v1
        kind: ConstraintTemplate
        metadata: {name: k8srequiredlabels}
        spec:
          crd:
            spec:
              names: {kind: K8sRequiredLabels}
              validation:
                openAPIV3Schema:
                  type: object
                  required: [labels]
                  properties:
                    labels: {type: array, minItems: 1, items: {type: string, pattern: "^[a-z]+$"}}
                    message: {type: string, default: "missing %v"}
          targets:
            - target: admission.k8s.gatekeeper.sh
              rego: |
                package k8srequiredlabels
                import data.lib.labels.has
                violation[{"msg": msg, "details": {"label": label}}] {
                  label := input.parameters.labels[_]
                  not has(input.review.object, label)
                  msg := sprintf(input.parameters.message, [label])
                }
              libs:
                - |
                  package lib.labels
                  has(object, label) { object.metadata.labels[label] }
        """

    static func constraint(_ specification: String = "parameters: {labels: [owner]}") -> String {
        """
        apiVersion: constraints.gatekeeper.sh/v1beta1
        kind: K8sRequiredLabels
        metadata: {name: owner}
        spec:
        \(specification.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n"))
        """
    }

    static func value(_ text: String) throws -> Value { try YAMLReader.node(from: text).value }

    static func policy(_ specification: String = "parameters: {labels: [owner]}") throws -> ConstraintPolicy {
        let template = try ConstraintTemplate(try value(Self.template), file: "template.yaml")
        let constraint = try Constraint(try value(constraint(specification)), of: template, file: "constraint.yaml")
        return ConstraintPolicy(template, constraint)
    }

    static func object(
        kind: String = "Pod", apiVersion: String = "v1", name: String = "web", namespace: String = "shop",
        labels: [String: String] = [:]
    ) -> Value {
        var metadata: Value = ["name": .string(name)]
        if !namespace.isEmpty { metadata["namespace"] = .string(namespace) }
        if !labels.isEmpty {
            metadata["labels"] = .object(Object(labels.map { (key: $0.key, value: .string($0.value)) }))
        }
        return ["apiVersion": .string(apiVersion), "kind": .string(kind), "metadata": metadata]
    }
}
