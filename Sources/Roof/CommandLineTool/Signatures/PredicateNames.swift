import Attestations

/// Short names of predicate types, as people type them.
enum PredicateNames {
    private static let types = [
        "provenance": PredicateType.provenance, "slsaprovenance": PredicateType.provenance02,
        "slsaprovenance1": PredicateType.provenance, "verdict": PredicateType.verdict, "vsa": PredicateType.verdict,
        "test-result": PredicateType.testResult, "vulns": PredicateType.vulnerabilities,
        "vuln": PredicateType.cosignVulnerabilities, "cyclonedx": PredicateType.cycloneDX, "spdx": PredicateType.spdx,
        "spdxjson": PredicateType.spdx, "link": PredicateType.link, "release": PredicateType.release,
        "custom": PredicateType.cosignCustom, "review": PredicateType.review, "promotion": PredicateType.promotion,
        "exception": PredicateType.exception,
    ]

    static let all = types.keys.sorted()

    static func type(_ name: String) -> String { types[name] ?? name }
}
