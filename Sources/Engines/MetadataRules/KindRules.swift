/// What notes and occurrences of each kind must say.
enum KindRules {
    private static let version: [FieldRule] = [
        .required("kind"), .when("kind", "NORMAL", [.required("name")]),
    ]
    private static let fingerprint: [FieldRule] = [.required("v1_name"), .notEmpty("v2_blob"), .texts("v2_blob")]
    private static let hint: [FieldRule] = [.inside("hint", [.required("human_readable_name")])]
    /// A fix in a certain version names what is fixed.
    private static let fix: [FieldRule] = [.required("fixed_cpe_uri"), .required("fixed_package")]
    private static let subject: [FieldRule] = [.required("digest")]

    /// By the name of the field in `Note`.
    static let notes: [String: [FieldRule]] = [
        "vulnerability": [
            .each(
                "details",
                [
                    .required("affected_cpe_uri"), .required("affected_package"),
                    .inside("affected_version_start", version), .inside("affected_version_end", version),
                    .inside("fixed_version", version),
                ])
        ],
        "build": [.required("builder_version")],
        "image": [.required("resource_url"), .required("fingerprint"), .inside("fingerprint", fingerprint)],
        "package": [
            .required("name"),
            .each("distribution", [.required("cpe_uri"), .inside("latest_version", version)]),
            .inside("version", version), .each("digest", [.required("algo"), .required("digest_bytes")]),
        ],
        "deployment": [.notEmpty("resource_uri"), .texts("resource_uri")],
        "discovery": [.required("analysis_kind")],
        "attestation": hint,
        "upgrade": [
            .oneOf(["package", "windows_update"]), .inside("version", version),
            .each("distributions", [.required("cpe_uri")]),
        ],
        "compliance": [.required("title"), .each("version", [.required("version")])],
        "dsseAttestation": hint,
        "vulnerabilityAssessment": [
            .required("product"), .inside("product", [.oneOf(["name", "id", "generic_uri"])]),
            .required("assessment"),
            .inside(
                "assessment",
                [
                    .oneOf(["vulnerability_id", "cve"]), .required("state"),
                    // Without a reason nobody can judge why the product shall not be affected.
                    .when("state", "NOT_AFFECTED", [.required("justification")]),
                    .inside("justification", [.required("justification_type")]),
                    .each("remediations", [.required("remediation_type")]),
                ]),
        ],
        "sbomReference": [.required("format"), .required("version")],
    ]

    /// By the name of the field in `Occurrence`.
    static let occurrences: [String: [FieldRule]] = [
        "vulnerability": [
            .notEmpty("package_issue"),
            .each(
                "package_issue",
                [
                    .required("affected_cpe_uri"), .required("affected_package"), .required("affected_version"),
                    .inside("affected_version", version), .required("fixed_version"),
                    .inside("fixed_version", version),
                    .whenInside("fixed_version", "kind", "NORMAL", fix),
                ]),
        ],
        "build": [
            .oneOf(["provenance", "intoto_statement", "intoto_provenance", "in_toto_slsa_provenance_v1"]),
            .inside(
                "provenance",
                [
                    .required("id"), .each("commands", [.required("name")]),
                    .inside(
                        "source_provenance",
                        [
                            .each(
                                "file_hashes",
                                [.notEmpty("file_hash"), .each("file_hash", [.required("type"), .required("value")])])
                        ]),
                ]),
            .inside(
                "intoto_statement", [.notEmpty("subject"), .each("subject", subject), .required("predicate_type")]),
            .inside(
                "in_toto_slsa_provenance_v1",
                [.notEmpty("subject"), .each("subject", subject), .required("predicate_type"), .required("predicate")]),
        ],
        "image": [
            .required("fingerprint"), .inside("fingerprint", fingerprint),
            .each("layer_info", [.required("directive")]),
        ],
        "package": [
            .notEmpty("location"), .each("location", [.oneOf(["cpe_uri", "path"]), .inside("version", version)]),
            .inside("version", version),
        ],
        "deployment": [.required("deploy_time")],
        "attestation": [
            .required("serialized_payload"), .oneOf(["signatures", "jwts"]),
            .each("signatures", [.required("signature")]), .each("jwts", [.required("compact_jwt")]),
        ],
        "upgrade": [.oneOf(["package", "windows_update"]), .inside("parsed_version", version)],
        "compliance": [.each("non_compliant_files", [.oneOf(["path", "display_command"])])],
        "dsseAttestation": [
            .required("envelope"),
            .inside(
                "envelope",
                [
                    .required("payload"), .required("payload_type"), .notEmpty("signatures"),
                    .each("signatures", [.required("sig")]),
                ]),
        ],
        "sbomReference": [
            .required("payload_type"), .required("payload"),
            .inside(
                "payload",
                [
                    .required("predicate_type"), .notEmpty("subject"), .each("subject", subject),
                    .required("predicate"), .inside("predicate", [.required("location")]),
                ]),
            .each("signatures", [.required("sig")]),
        ],
        "secret": [
            .required("kind"), .each("locations", [.inside("file_location", [.required("file_path")])]),
            .each("statuses", [.required("status")]),
            .inside("digest", [.required("algo"), .required("digest_bytes")]),
        ],
        "aiSkillAnalysis": [.required("skill_name"), .each("findings", [.required("title")])],
    ]
}
