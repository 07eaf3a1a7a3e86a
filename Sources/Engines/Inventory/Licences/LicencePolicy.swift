public import Packages
public import WaybillCore

/// Which licences packages may have.
public struct LicencePolicy: Hashable, Sendable {
    /// Where it is not empty, everything else is denied. `GPL-*` stands for every name that begins so.
    public var allowed: [String]
    public var denied: [String]

    public init(allowed: [String] = [], denied: [String] = []) {
        self.allowed = allowed
        self.denied = denied
    }

    public var isEmpty: Bool { allowed.isEmpty && denied.isEmpty }

    /// A finding for each package whose licence is denied, or cannot be told while only some are allowed.
    public func findings(about packages: [Package]) -> [Finding] {
        guard !isEmpty else { return [] }
        return packages.filter { !$0.isDevelopment }.compactMap(finding)
    }

    private func finding(_ package: Package) -> Finding? {
        let texts = package.licences.map(LicenceNames.normal).filter { !$0.isEmpty }
        guard !texts.isEmpty else {
            guard !allowed.isEmpty else { return nil }
            return finding(
                package, "WB-LIC-002", .medium, "\(package.identifier) does not say its licence", evidence: nil)
        }
        // All that a package declares holds at once.
        for text in texts {
            let expression = Licences.parse(text) ?? .name(text)
            if let name = refused(expression) {
                let why = matches(name, denied) ? "is denied" : "is not among the allowed ones"
                return finding(
                    package, "WB-LIC-001", .high,
                    "the licence \(Redaction.excerpt(name)) of \(package.identifier) \(why)",
                    evidence: text)
            }
        }
        return nil
    }

    /// A name that stands in the way; nil where the expression can be met.
    private func refused(_ expression: Licences.Expression) -> String? {
        switch expression {
        case .name(let name):
            let plain = String(name.split(separator: " ").first ?? "")
            let isDenied = matches(name, denied) || matches(plain, denied)
            let isAllowed = allowed.isEmpty || matches(name, allowed) || matches(plain, allowed)
            return isDenied || !isAllowed ? name : nil
        case .all(let parts): return parts.lazy.compactMap { refused($0) }.first
        case .any(let parts):
            let refusals = parts.map(refused)
            return refusals.contains(nil) ? nil : refusals.first ?? nil
        }
    }

    private func matches(_ name: String, _ patterns: [String]) -> Bool {
        patterns.contains { pattern in
            pattern.hasSuffix("*")
                ? name.lowercased().hasPrefix(pattern.dropLast().lowercased())
                : LicenceNames.normal(pattern).lowercased() == name.lowercased()
        }
    }

    private func finding(
        _ package: Package, _ rule: String, _ severity: Severity, _ message: String, evidence: String?
    ) -> Finding {
        Finding(
            rule: rule, kind: .licence, severity: severity, message: message, place: package.place, evidence: evidence,
            remedy: "take another package, or allow the licence by policy")
    }
}
