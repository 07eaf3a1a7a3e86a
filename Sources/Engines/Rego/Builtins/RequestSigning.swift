import Crypto
import WaybillCore

/// `providers.aws.sign_req`: AWS's signature version 4 over a request's headers.
enum RequestSigning {
    static let all = [Builtin("providers.aws.sign_req", 3, sign)]

    private static let configurationKeys = ["aws_access_key", "aws_region", "aws_secret_access_key", "aws_service"]
    private static let requestKeys = ["method", "url"]
    /// What `http.send` knows.
    private static let allowedRequestKeys: Set<String> = [
        "method", "url", "body", "enable_redirect", "force_json_decode", "force_yaml_decode", "headers", "raw_body",
        "tls_use_system_certs", "tls_ca_cert", "tls_ca_cert_file", "tls_ca_cert_env_variable", "tls_client_cert",
        "tls_client_cert_file", "tls_client_cert_env_variable", "tls_client_key", "tls_client_key_file",
        "tls_client_key_env_variable", "tls_insecure_skip_verify", "tls_server_name", "timeout", "cache",
        "force_cache", "force_cache_duration_seconds", "raise_error", "caching_mode", "max_retry_attempts",
        "cache_ignored_headers",
    ]

    @Sendable private static func sign(_ a: Arguments) throws(BuiltinFailure) -> RegoValue? {
        let (request, configuration) = (try a.object(0), try a.object(1))
        try check(configuration, configurationKeys, operand: 2, "AWS config")
        guard let nanoseconds = try a.number(2).int, nanoseconds >= 0 else {
            throw BuiltinFailure(type: "operand 3 could not convert time_ns value into a unix timestamp")
        }
        let unknown = request.keys.filter { !allowedRequestKeys.contains($0.string ?? "") }
        guard unknown.isEmpty else {
            throw BuiltinFailure(
                type: "operand 1 invalid request parameters(s): \(RegoValue.set(RegoSet(unknown)))")
        }
        try check(request, requestKeys, operand: 1, "request")
        var headers: [String: String] = [:]
        if let given = request["headers"] {
            guard let object = given.object else { throw a.wrong(0, "object", given) }
            for header in object { headers[header.key.string ?? ""] = header.value.string ?? "" }
        }
        var isUnsigned = false
        if let value = configuration["disable_payload_signing"] {
            guard let flag = value.bool else {
                throw BuiltinFailure(type: "operand 2 invalid value for 'disable_payload_signing' in AWS config")
            }
            isUnsigned = flag
        }
        let body = request["raw_body"].map { $0.string ?? "" } ?? request["body"]?.json ?? ""
        let signed = try Signature(
            configuration: configuration, nanoseconds: nanoseconds, method: request["method"]?.string ?? "",
            url: request["url"]?.string ?? "", headers: headers, body: body, isUnsigned: isUnsigned
        ).signedHeaders()
        return .object(
            request.setting(
                "headers",
                to: .object(RegoObject(signed.map { .init(key: .string($0.key), value: .string($0.value)) }))))
    }

    private static func check(
        _ object: RegoObject, _ names: [String], operand: Int, _ what: String
    ) throws(BuiltinFailure) {
        func set(_ names: [String]) -> RegoValue { .set(RegoSet(names.map { .string($0) })) }
        let missing = names.filter { object[$0] == nil }
        guard missing.isEmpty else {
            throw BuiltinFailure(
                type: "operand \(operand) missing required \(what) parameters(s): \(set(missing))")
        }
        let invalid = names.filter { object[$0]?.string == nil }
        guard invalid.isEmpty else {
            throw BuiltinFailure(
                type: "operand \(operand) invalid values for required \(what) parameters(s): \(set(invalid))")
        }
    }

    private struct Signature {
        var configuration: RegoObject
        var nanoseconds: Int
        var method: String
        var url: String
        var headers: [String: String]
        var body: String
        var isUnsigned: Bool

        /// Headers that proxies change on the way.
        static let ignored: Set<String> = ["authorization", "user-agent", "x-amzn-trace-id"]

        func setting(_ name: String) -> String { configuration[name]?.string ?? "" }

        /// The request's own headers with those that sign it.
        func signedHeaders() throws(BuiltinFailure) -> [String: String] {
            guard let address = WebAddress(url) else { throw BuiltinFailure("parse \(RegoValue.string(url)): invalid") }
            let moment = Moment(nanoseconds: nanoseconds, offset: 0, zone: "UTC")
            let day = moment.compactDay
            let time = moment.compactTime
            let service = setting("aws_service")
            let hash = isUnsigned ? "UNSIGNED-PAYLOAD" : Self.digest(body)
            var own = ["host": address.host, "x-amz-date": time]
            if service == "s3" || service == "glacier" { own["x-amz-content-sha256"] = hash }
            if let token = configuration["aws_session_token"]?.string, !token.isEmpty {
                own["x-amz-security-token"] = token
            }
            var signed = own
            for (name, value) in headers where !Self.ignored.contains(name.lowercased()) {
                signed[name.lowercased()] = value
            }
            let names = signed.keys.sorted { RegoValue.compare($0, $1) < 0 }
            let list = names.joined(separator: ";")
            let canonical =
                ([method, address.escapedPath, address.query] + names.map { "\($0):\(signed[$0] ?? "")" } + ["", list])
                .joined(separator: "\n") + "\n\(hash)"
            let scope = "\(day)/\(setting("aws_region"))/\(service)/aws4_request"
            let text = "AWS4-HMAC-SHA256\n\(time)\n\(scope)\n\(Self.digest(canonical))"
            var key = Array("AWS4\(setting("aws_secret_access_key"))".utf8)
            for part in [day, setting("aws_region"), service, "aws4_request"] { key = Self.code(part, key) }
            var result = headers
            result["Authorization"] =
                "AWS4-HMAC-SHA256 Credential=\(setting("aws_access_key"))/\(scope),SignedHeaders=\(list),"
                + "Signature=\(Hex.encode(Self.code(text, key)))"
            for (name, value) in own { result[name] = value }
            return result
        }

        private static func digest(_ text: String) -> String {
            Hex.encode(Array(SHA256.hash(data: Array(text.utf8))))
        }

        private static func code(_ text: String, _ key: [UInt8]) -> [UInt8] {
            Array(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: SymmetricKey(data: key)))
        }
    }
}

extension Moment {
    private static func padded(_ value: Int, _ width: Int = 2) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }

    /// `20060102`
    var compactDay: String { Self.padded(year, 4) + Self.padded(month) + Self.padded(day) }
    /// `20060102T150405Z`
    var compactTime: String {
        "\(compactDay)T\(Self.padded(hour))\(Self.padded(minute))\(Self.padded(second))Z"
    }
}
