import Documents
import KubernetesAPI
import Testing

@testable import LocalCluster

/// What the server says of changes that it does not take.
@Suite struct ChangeRulesTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var resource: String
        var old: String
        var new: String
        var causes: [String]
        var testDescription: String { "\(resource) \(new.prefix(80))" }
    }

    private static let podRule = """
        spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,\
        `spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing \
        tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)

        """
    private static let claimRule = """
        spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName \
        for bound claims

        """

    static let cases: [Case] = [
        Case(
            resource: "pods", old: #"{"spec":{"containers":[{"name":"a","image":"i"}]}}"#,
            new: #"{"spec":{"containers":[{"name":"a","image":"j"}]}}"#, causes: []),
        Case(
            resource: "pods", old: #"{"spec":{"containers":[{"name":"a","image":"i"}],"hostNetwork":true}}"#,
            new: #"{"spec":{"containers":[{"name":"a","image":"i"}],"hostNetwork":false}}"#,
            causes: [
                podRule + """
                    @@ -44,7 +44,7 @@
                      "AutomountServiceAccountToken": null,
                      "NodeName": "",
                      "SecurityContext": {
                    -  "HostNetwork": true,
                    +  "HostNetwork": false,
                       "HostPID": false,
                       "HostIPC": false,
                       "ShareProcessNamespace": null,

                    """
            ]),
        Case(
            resource: "pods", old: #"{"spec":{"containers":[{"name":"a"}]}}"#,
            new: #"{"spec":{"containers":[{"name":"a"},{"name":"b"}]}}"#,
            causes: ["spec.containers: Forbidden: pod updates may not add or remove containers"]),
        Case(
            resource: "pods", old: #"{"spec":{"terminationGracePeriodSeconds":-5}}"#,
            new: #"{"spec":{"terminationGracePeriodSeconds":1}}"#, causes: []),
        Case(
            resource: "pods", old: #"{"spec":{"schedulingGates":[{"name":"a"}],"nodeSelector":{"x":"y"}}}"#,
            new: #"{"spec":{"schedulingGates":[{"name":"b"}],"nodeSelector":{"z":"y"}}}"#,
            causes: [
                "spec.schedulingGates[0]: Forbidden: only deletion is allowed, but found new scheduling gate 'b'",
                #"spec.nodeSelector: Invalid value: {"z":"y"}: only additions are allowed (no mutations or deletions)"#,
            ]),
        Case(
            resource: "pods", old: #"{"spec":{"tolerations":[{"key":"a","tolerationSeconds":3}]}}"#,
            new: #"{"spec":{"tolerations":[{"key":"a","tolerationSeconds":5},{"key":"b"}]}}"#, causes: []),
        Case(
            resource: "persistentvolumeclaims", old: #"{"spec":{"accessModes":["ReadWriteOnce"]}}"#,
            new: #"{"spec":{"accessModes":["ReadOnlyMany"]}}"#,
            causes: [
                claimRule + """
                    @@ -1,6 +1,6 @@
                     {
                      "AccessModes": [
                    -  "ReadWriteOnce"
                    +  "ReadOnlyMany"
                      ],
                      "Selector": null,
                      "Resources": {

                    """
            ]),
        Case(
            resource: "persistentvolumeclaims", old: #"{"spec":{},"status":{"phase":"Pending"}}"#,
            new: #"{"spec":{"storageClassName":"a","volumeName":"v"}}"#, causes: []),
        Case(
            resource: "persistentvolumes", old: #"{"spec":{"hostPath":{"path":"/a"},"storageClassName":"x"}}"#,
            new: #"{"spec":{"hostPath":{"path":"/a"},"storageClassName":"y"}}"#, causes: []),
        Case(
            resource: "persistentvolumes", old: #"{"spec":{"volumeMode":"Block","volumeAttributesClassName":"g"}}"#,
            new: #"{"spec":{"volumeMode":"Filesystem"}}"#,
            causes: [
                #"volumeMode: Invalid value: "Filesystem": field is immutable"#,
                "spec.volumeAttributesClassName: Forbidden: update from non-nil value to nil is forbidden",
            ]),
        Case(
            resource: "services", old: #"{"spec":{"clusterIPs":["10.0.0.1"],"ipFamilies":["IPv4"]}}"#,
            new: #"{"spec":{"clusterIPs":["10.0.0.2"],"ipFamilies":["IPv4","IPv6"]}}"#,
            causes: [#"spec.clusterIPs[0]: Invalid value: ["10.0.0.2"]: may not change once set"#]),
        Case(
            resource: "services", old: #"{"spec":{"type":"ClusterIP","clusterIPs":["10.0.0.1"]}}"#,
            new: #"{"spec":{"type":"ExternalName"}}"#, causes: []),
        Case(
            resource: "jobs.batch", old: #"{"spec":{"completions":3,"completionMode":"Indexed","parallelism":3}}"#,
            new: #"{"spec":{"completions":4,"completionMode":"Indexed","parallelism":2}}"#,
            causes: [
                "spec.completions: Invalid value: 4: can only be modified in tandem with spec.parallelism"
            ]),
        Case(
            resource: "jobs.batch", old: #"{"spec":{"suspend":true,"template":{"spec":{"nodeSelector":{"a":"b"}}}}}"#,
            new: #"{"spec":{"template":{"spec":{"nodeSelector":{"c":"d"}}}}}"#, causes: []),
        Case(
            resource: "rolebindings.rbac.authorization.k8s.io", old: #"{"roleRef":{"kind":"Role","name":"a"}}"#,
            new: #"{"roleRef":{"kind":"Role","name":"b"}}"#,
            causes: [#"roleRef: Invalid value: {"APIGroup":"","Kind":"Role","Name":"b"}: cannot change roleRef"#]),
        Case(
            resource: "csidrivers.storage.k8s.io", old: #"{"spec":{"attachRequired":true}}"#,
            new: #"{"spec":{"attachRequired":false}}"#,
            causes: ["spec.attachedRequired: Invalid value: false: field is immutable"]),
    ]

    @Test(arguments: cases) func `A change is refused with the causes in order`(_ one: Case) throws {
        let type = try #require(ResourceTable.type(named: one.resource))
        let (old, new) = (
            try JSONReader.value(from: Array(one.old.utf8)), try JSONReader.value(from: Array(one.new.utf8))
        )
        #expect(Validation.changes(new, old, type).map { "\($0.field): \($0.message)" } == one.causes)
    }

    @Test(arguments: [
        (
            "deployments.apps", #"{"replicas":1,"unavailableReplicas":-1,"readyReplicas":2}"#,
            [
                "status.unavailableReplicas: Invalid value: -1: must be greater than or equal to 0",
                "status.readyReplicas: Invalid value: 2: cannot be greater than status.replicas",
            ]
        ),
        (
            "statefulsets.apps", #"{"replicas":1,"availableReplicas":1,"readyReplicas":0}"#,
            ["status.availableReplicas: Invalid value: 1: cannot be greater than status.readyReplicas"]
        ),
        (
            "namespaces", #"{"phase":"Terminating"}"#,
            [#"status.Phase: Invalid value: "Terminating": may only be 'Active' if `deletionTimestamp` is empty"#]
        ),
        (
            "services", #"{"loadBalancer":{"ingress":[{"ip":"1.2.3.4"}]}}"#,
            ["status.loadBalancer.ingress: Forbidden: may only be used when `spec.type` is 'LoadBalancer'"]
        ),
        (
            "ingresses.networking.k8s.io", #"{"loadBalancer":{"ingress":[{"hostname":"1.2.3.4"}]}}"#,
            [
                #"status.loadBalancer.ingress[0].hostname: Invalid value: "1.2.3.4": must be a DNS name, not an IP address"#
            ]
        ),
        (
            "resourcequotas", #"{"hard":{"pods":"-1"},"used":{"pods":"1"}}"#,
            [#"status.hard[pods]: Invalid value: "-1": must be greater than or equal to 0"#]
        ),
        ("jobs.batch", #"{"active":1,"ready":0}"#, []),
    ]) func `A status that cannot be is refused`(_ resource: String, _ json: String, _ causes: [String]) throws {
        let type = try #require(ResourceTable.type(named: resource))
        let object: Value = ["status": try JSONReader.value(from: json)]
        #expect(StatusRules.check(object, type).map { "\($0.field): \($0.message)" } == causes)
    }

    @Test func `A pod gets its runtime class's overhead, selector and tolerations, or is rejected`() throws {
        let known: Value = [
            "metadata": ["name": "k"], "overhead": ["podFixed": ["cpu": "1"]],
            "scheduling": ["nodeSelector": ["a": "b"], "tolerations": [["key": "t"]]],
        ]
        let pod: Value = ["spec": ["runtimeClassName": "k"]]
        let given = try RuntimeClassAdmission.applied(to: pod, [known])
        #expect(
            given["spec"] == [
                "runtimeClassName": "k", "overhead": ["cpu": "1"], "nodeSelector": ["a": "b"],
                "tolerations": [["key": "t"]],
            ])
        for (spec, message) in [
            (["runtimeClassName": "x"], "pod rejected: RuntimeClass \"x\" not found"),
            (
                ["overhead": ["cpu": "1"]],
                "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead"
            ),
            (
                ["runtimeClassName": "k", "overhead": ["cpu": "2"]],
                "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead"
            ),
        ] as [(Value, String)] {
            do throws(RuntimeClassAdmission.Refusal) {
                _ = try RuntimeClassAdmission.applied(to: ["spec": spec], [known])
                Issue.record("\(spec) was taken")
            } catch { #expect(error.message == message) }
        }
    }

    @Test func `Every field of a structure is told, and a template's metadata leaves out what is empty`() throws {
        let template: Value = [
            "metadata": ["labels": ["b": "1", "a": "2"]], "spec": ["containers": [["name": "c", "tty": true]]],
        ]
        let text = JSONWriter.string(GoStructure.value(template, "PodTemplateSpec"))
        #expect(text.hasPrefix(#"{"labels":{"a":"2","b":"1"},"Spec":{"Volumes":null,"InitContainers":null,"#))
        #expect(text.contains(#""Stdin":false,"StdinOnce":false,"TTY":true}]"#))
    }

    struct Lines: Sendable {
        var old: String
        var new: String
        var text: String
    }

    @Test(arguments: [
        Lines(old: "a", new: "a", text: ""),
        Lines(old: "a", new: "b", text: "@@ -1 +1 @@\n-a\n+b\n"),
        Lines(old: "a b", new: "a x b", text: "@@ -1,2 +1,3 @@\n a\n+x\n b\n"),
        Lines(old: "", new: "a", text: "@@ -0,0 +1 @@\n+a\n"),
        Lines(
            old: "1 2 3 4 5 6 7 8 9", new: "0 2 3 4 5 6 7 8 x",
            text: "@@ -1,4 +1,4 @@\n-1\n+0\n 2\n 3\n 4\n@@ -6,4 +6,4 @@\n 6\n 7\n 8\n-9\n+x\n"),
    ]) func `Lines that differ stand among three that do not`(_ one: Lines) {
        func words(_ text: String) -> [String] { text.split(separator: " ").map { String($0) } }
        #expect(LineDifference.text(words(one.old), words(one.new)) == one.text)
    }

    @Test(arguments: [
        ("HTTPGet", "httpGet"), ("TTY", "tty"), ("SELinuxOptions", "seLinuxOptions"), ("Name", "name"),
        ("HostIPC", "hostIPC"), ("matchLabels", "matchLabels"),
    ]) func `A Go name has a name in the API`(_ name: String, _ key: String) { #expect(GoFields.key(name) == key) }
}
