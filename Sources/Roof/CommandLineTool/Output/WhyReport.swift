import AuditService
import Documents
import WaybillCore

/// The chain of papers as people and programs read it.
enum WhyReport {
    static func text(_ chain: PaperChain) -> String {
        let head: String =
            switch chain.image {
            case let image? where !chain.workload.isEmpty: "\(chain.workload) in \(chain.namespace)  \(image)"
            case let image?: image.description
            case nil: "\(chain.repository)  gitCommit:\(chain.commit)"
            }
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
            "environment": .string(chain.environment), "image": Value(chain.image?.description),
            "repository": .string(chain.repository), "commit": .string(chain.commit),
            "runningSince": .integer(Int(chain.runningSince)),
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
