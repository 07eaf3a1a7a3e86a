import Documents
import KubernetesAPI
import WaybillCore

/// What makes a request for a certificate unfit.
enum CertificateRules {
    typealias Cause = FieldError

    private static let usages = [
        "any", "cert sign", "client auth", "code signing", "content commitment", "crl sign", "data encipherment",
        "decipher only", "digital signature", "email protection", "encipher only", "ipsec end system",
        "ipsec tunnel", "ipsec user", "key agreement", "key encipherment", "microsoft sgc", "netscape sgc",
        "ocsp signing", "s/mime", "server auth", "signing", "timestamping",
    ]

    /// The request with who made it, which is not for its writer to say.
    static func requested(_ object: Value, by user: APIUser) -> Value {
        var object = object
        for key in ["username", "uid", "groups", "extra"] { object[Pointer(["spec", key])] = nil }
        object[Pointer(["spec", "username"])] = .string(user.name)
        if !user.uid.isEmpty { object[Pointer(["spec", "uid"])] = .string(user.uid) }
        if !user.groups.isEmpty { object[Pointer(["spec", "groups"])] = .array(user.groups.map { .string($0) }) }
        for (key, values) in user.extra.sorted(by: { $0.key < $1.key }) {
            object[Pointer(["spec", "extra", key])] = .array(values.map { .string($0) })
        }
        return object
    }

    static func check(_ spec: Value) -> [Cause] {
        var causes: [Cause] = []
        let request = FieldRules.text(spec["request"])
        let text = Base64.decode(request).map { String(decoding: $0, as: UTF8.self) } ?? ""
        let isRequest = ["", "NEW "].contains { text.contains("-----BEGIN \($0)CERTIFICATE REQUEST-----") }
        if !isRequest {
            causes.append(
                .invalid("spec.request", .string(request), "PEM block type must be CERTIFICATE REQUEST"))
        }
        let given = (spec["usages"]?.array ?? []).compactMap(\.string)
        if given.isEmpty { causes.append(.required("spec.usages", "usages must be provided")) }
        for (index, usage) in given.enumerated() {
            let field = "spec.usages[\(index)]"
            causes += FieldRules.supportedWord(.string(usage), field, usages)
            if given[..<index].contains(usage) { causes.append(.duplicate(field, .string(usage))) }
        }
        causes += signer(FieldRules.text(spec["signerName"]), "spec.signerName")
        if let seconds = spec["expirationSeconds"]?.integer, seconds < 600 {
            causes.append(
                .invalid(
                    "spec.expirationSeconds", .integer(seconds),
                    "may not specify a duration less than 600 seconds (10 minutes)"))
        }
        return causes
    }

    private static func signer(_ name: String, _ field: String) -> [Cause] {
        guard !name.isEmpty else { return [.required(field)] }
        let parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else {
            return [
                .invalid(
                    field, .string(name),
                    "must be a fully qualified domain and path of the form 'example.com/signer-name'")
            ]
        }
        var causes: [Cause] = []
        let labels = parts[0].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        for label in labels {
            causes += NameRules.labelProblems(label).map {
                .invalid(field, .string(parts[0]), "validating label \"\(label)\": \($0)")
            }
        }
        if labels.count < 2 {
            causes.append(
                .invalid(
                    field, .string(parts[0]), "should be a domain with at least two segments separated by dots"))
        }
        for label in parts[1].split(separator: ".", omittingEmptySubsequences: false).map(String.init) {
            causes += NameRules.subdomainProblems(label).map {
                .invalid(field, .string(parts[1]), "validating label \"\(label)\": \($0)")
            }
        }
        return causes
    }
}
