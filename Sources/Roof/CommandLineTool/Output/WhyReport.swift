import AuditService
import Documents
import WaybillCore

/// The chain of papers as people and programs read it.
enum WhyReport {
    static func text(_ chain: PaperChain) -> String {
        let head = "\(chain.workload) in \(chain.namespace)  \(chain.image)"
        let rows = chain.links.map { link in
            [
                link.isIntact ? "✓" : "✗", link.name, link.isIntact ? link.detail : "BROKEN: \(link.detail)",
                link.signer.isEmpty ? "" : "(\(link.signer))",
            ]
        }
        return head + "\n" + Terminal.table(rows)
    }

    static func value(_ chain: PaperChain) -> Value {
        [
            "workload": .string(chain.workload), "namespace": .string(chain.namespace),
            "environment": .string(chain.environment), "image": .string(chain.image.description),
            "repository": .string(chain.repository), "runningSince": .integer(Int(chain.runningSince)),
            "intact": .bool(chain.isIntact),
            "links": .array(
                chain.links.map { link in
                    [
                        "name": .string(link.name), "intact": .bool(link.isIntact), "detail": .string(link.detail),
                        "signer": .string(link.signer), "paper": Value(link.paper?.description),
                    ]
                }),
        ]
    }
}
