import Documents

/// Policies, data and inputs that are measured, the same for us and for a peer.
enum RegoWorkload {
    /// 50 roles of 10 permissions, users with roles and groups, and a deny list.
    static let rbacPolicy = """
        package rbac

        default allow := false

        allow if {
        \tnot denied
        \tsome role in roles
        \tsome permission in data.roles[role].permissions
        \tpermission.action == input.action
        \tpermission.resource == input.resource
        }

        roles contains role if some role in data.users[input.user].roles

        roles contains role if {
        \tsome group in data.users[input.user].groups
        \tsome role in data.groups[group].roles
        }

        denied if {
        \tsome entry in data.denials
        \tentry.user == input.user
        \tentry.resource == input.resource
        }

        """

    static func rbacData(users: Int) -> Value {
        let actions = ["read", "write", "list", "delete", "approve"]
        func list(_ texts: [String]) -> Value { .array(texts.map { .string($0) }) }
        func object(_ count: Int, _ name: String, _ value: (Int) -> Value) -> Value {
            .object(Object((0..<count).map { (key: "\(name)-\($0)", value: value($0)) }))
        }
        return [
            "roles": object(50, "role") { role in
                [
                    "permissions": .array(
                        (0..<10).map { number in
                            [
                                "action": .string(actions[(role + number) % actions.count]),
                                "resource": .string("resource-\((role * 7 + number * 3) % 120)"),
                            ]
                        })
                ]
            },
            "groups": object(20, "group") { group in
                ["roles": list((0..<3).map { "role-\((group * 5 + $0 * 11) % 50)" })]
            },
            "users": object(users, "user") { user in
                [
                    "roles": list(["role-\(user % 50)", "role-\((user * 3 + 1) % 50)"]),
                    "groups": list(["group-\(user % 20)", "group-\((user / 20) % 20)"]),
                ]
            },
            "denials": .array(
                (0..<20).map {
                    ["user": .string("user-\($0 * 13)"), "resource": .string("resource-\($0 * 5 % 120)")]
                }),
        ]
    }

    static func rbacInputs(users: Int, count: Int = 64) -> [[UInt8]] {
        let actions = ["read", "write", "list", "delete", "approve"]
        return (0..<count).map { number in
            Array(
                JSONWriter.string([
                    "user": .string("user-\(number * 37 % users)"), "action": .string(actions[number % actions.count]),
                    "resource": .string("resource-\(number * 11 % 120)"),
                ]).utf8)
        }
    }

    /// Seven rules over a pod.
    static let podPolicy = """
        package pods

        registries := {"registry.example.com", "mirror.example.com"}

        containers contains container if some container in input.request.object.spec.containers

        deny contains msg if {
        \tsome container in containers
        \thost := split(container.image, "/")[0]
        \tnot host in registries
        \tmsg := sprintf("container %s: registry %s is not allowed", [container.name, host])
        }

        deny contains msg if {
        \tsome container in containers
        \tcontainer.securityContext.privileged
        \tmsg := sprintf("container %s is privileged", [container.name])
        }

        deny contains msg if {
        \tsome container in containers
        \tnot container.securityContext.runAsNonRoot
        \tmsg := sprintf("container %s may run as root", [container.name])
        }

        deny contains msg if {
        \tsome container in containers
        \tsome kind in ["cpu", "memory"]
        \tnot container.resources.limits[kind]
        \tmsg := sprintf("container %s has no %s limit", [container.name, kind])
        }

        deny contains msg if {
        \tsome container in containers
        \tendswith(container.image, ":latest")
        \tmsg := sprintf("container %s uses the tag latest", [container.name])
        }

        deny contains msg if {
        \tsome volume in input.request.object.spec.volumes
        \tvolume.hostPath
        \tmsg := sprintf("volume %s mounts the host's %s", [volume.name, volume.hostPath.path])
        }

        deny contains msg if {
        \tsome label in ["app.kubernetes.io/name", "team"]
        \tnot input.request.object.metadata.labels[label]
        \tmsg := sprintf("label %s is missing", [label])
        }

        """

    /// An AdmissionReview of about 3 KB with five containers, two of them at fault.
    static var podInput: [UInt8] {
        let containers = (0..<5).map { number -> Value in
            [
                "name": .string("container-\(number)"),
                "image": .string(
                    number == 3
                        ? "docker.example.org/shop/spy:latest" : "registry.example.com/shop/part-\(number):1.4.2"),
                "imagePullPolicy": "IfNotPresent",
                "ports": [["name": "http", "containerPort": .integer(8080 + number), "protocol": "TCP"]],
                "env": [
                    ["name": "LOG_LEVEL", "value": "info"],
                    ["name": "DATABASE", "valueFrom": ["secretKeyRef": ["name": "database", "key": "url"]]],
                ],
                "resources": [
                    "limits": number == 4 ? ["cpu": "500m"] : ["cpu": "500m", "memory": "256Mi"],
                    "requests": ["cpu": "100m", "memory": "128Mi"],
                ],
                "securityContext": [
                    "runAsNonRoot": .bool(number != 2), "privileged": .bool(number == 1),
                    "allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true,
                ],
                "volumeMounts": [["name": "config", "mountPath": "/etc/shop", "readOnly": true]],
            ]
        }
        let review: Value = [
            "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
            "request": [
                "uid": "0df28fbd-5f5f-11e8-bc74-36e6bb280816",
                "kind": ["group": "", "version": "v1", "kind": "Pod"],
                "resource": ["group": "", "version": "v1", "resource": "pods"],
                "namespace": "shop", "operation": "CREATE",
                "userInfo": [
                    "username": "system:serviceaccount:kube-system:replicaset-controller",
                    "groups": ["system:serviceaccounts", "system:authenticated"],
                ],
                "object": [
                    "apiVersion": "v1", "kind": "Pod",
                    "metadata": [
                        "name": "shop-6f7d9c5b4d-x2x4k", "namespace": "shop",
                        "labels": ["app.kubernetes.io/name": "shop", "pod-template-hash": "6f7d9c5b4d"],
                    ],
                    "spec": [
                        "serviceAccountName": "shop", "restartPolicy": "Always", "containers": .array(containers),
                        "volumes": [
                            ["name": "config", "configMap": ["name": "shop-config"]],
                            ["name": "docker", "hostPath": ["path": "/var/run/docker.sock"]],
                        ],
                    ],
                ],
            ],
        ]
        return Array(JSONWriter.string(review).utf8)
    }

    /// Rules that each ask one field of the input for another value.
    static func manyRules(_ count: Int) -> String {
        "package many\n\n"
            + (0..<count).map { "allow if {\n\tinput.path == \"/service/\($0)\"\n\tinput.method == \"GET\"\n}\n" }
            .joined(separator: "\n")
    }

    /// A document of about that many bytes, as inventories look: objects with names, numbers, flags and lists.
    static func largeDocument(bytes: Int) -> [UInt8] {
        var text = Array("{\"items\":[".utf8)
        var number = 0
        while text.count < bytes {
            let line =
                "{\"id\":\(number),\"name\":\"workload-\(number)\",\"namespace\":\"team-\(number % 40)\","
                + "\"image\":\"registry.example.com/shop/part-\(number % 900):1.\(number % 30)\",\"ready\":true,"
                + "\"labels\":{\"app\":\"part-\(number % 900)\",\"tier\":\"backend\"},\"ports\":[8080,\(number % 60000)]}"
            text += Array((number == 0 ? "" : ",").utf8) + Array(line.utf8)
            number += 1
        }
        return text + Array("]}".utf8)
    }
}
