import Documents
import Rego
import Testing

/// Authorities that may vouch only for some names. The certificates were made by openssl, which judges them alike.
@Suite struct CertificateTests {
    private enum Certificate {
        static let root =
            "MIIBhTCCASugAwIBAgIUISlPC4gmKG478vgCimah9fpQLlswCgYIKoZIzj0EAwIwDzENMAsGA1UEAwwEUm9vdDAgFw0yNjExMjEx"
            + "OTA1NDZaGA8yMTI2MTAyODE5MDU0NlowDzENMAsGA1UEAwwEUm9vdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABMFLjLlDzM2f"
            + "gcxMTPjeVswUtbfhWntS6M3D6IqKrV0IJcXKowRbOw4eV2/owEvSLyCFtbW8rbVVJtD/OlR8YaijYzBhMB0GA1UdDgQWBBTnBhxm"
            + "GmjdMhIt7L1rcAMN+cwtSzAfBgNVHSMEGDAWgBTnBhxmGmjdMhIt7L1rcAMN+cwtSzAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB"
            + "/wQEAwICBDAKBggqhkjOPQQDAgNIADBFAiEAjBryNsEOXRZUo1++cXIVJh+4FSEQyy6iO8d2feHWVMECICd79TROxKj1Aiu8+ESz"
            + "eQPmBNo96UEu52kC4i/XzI/n"
        static let ca =
            "MIIBxzCCAW6gAwIBAgIUX0Vf5ekTOKP8inCIUti0mAUDtKYwCgYIKoZIzj0EAwIwDzENMAsGA1UEAwwEUm9vdDAgFw0yNjExMjEx"
            + "OTA1NDdaGA8yMTI2MTAyODE5MDU0N1owDTELMAkGA1UEAwwCQ0EwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAR/5EY0Gz4ZQwpi"
            + "V69yDal37eoh4Xh4ATI5wMXnEf7kFSzybQizhHAJo1HgoLCmjBP0f6SVYnDKommBnhlgaWpOo4GnMIGkMA8GA1UdEwEB/wQFMAMB"
            + "Af8wDgYDVR0PAQH/BAQDAgIEMEEGA1UdHgEB/wQ3MDWgGzANggtleGFtcGxlLmNvbTAKhwgKAAAA/wAAAKEWMBSCEnNlY3JldC5l"
            + "eGFtcGxlLmNvbTAdBgNVHQ4EFgQUUSETSuJpRJpfQ5MAg5l7qKDNDXEwHwYDVR0jBBgwFoAU5wYcZhpo3TISLey9a3ADDfnMLUsw"
            + "CgYIKoZIzj0EAwIDRwAwRAIgHZE/QlEBkUSF3YAbwrOWH/9QwOj22wQbTi+eb/0rPisCIGLDQmVZbFZ2zGj/g6zEQJNOk31i27kS"
            + "9nVJiooJYPcQ"
        static let good =
            "MIIBgjCCASigAwIBAgIUS+fT4vGBA3iwM3baryb9LojlWrAwCgYIKoZIzj0EAwIwDTELMAkGA1UEAwwCQ0EwIBcNMjYxMTIxMTkw"
            + "NTQ3WhgPMjEyNjEwMjgxOTA1NDdaMA8xDTALBgNVBAMMBGdvb2QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASM+VeKPlqk1nOW"
            + "N9bPiHqw6E9BaD07+lNN8rzbJCcPwESsuCMVewUD5HoydCCU2E6ee0NzLVCRj/UzIreBiZQDo2IwYDAeBgNVHREEFzAVgg1hLmV4"
            + "YW1wbGUuY29thwQKAQIDMB0GA1UdDgQWBBQUNo4Zdb453G3xffWNhItuo5lE6TAfBgNVHSMEGDAWgBRRIRNK4mlEml9DkwCDmXuo"
            + "oM0NcTAKBggqhkjOPQQDAgNIADBFAiB5yipQJ2ZdA0HRj55gYSuEuVtYaweOam7fkkHsB9Ql7QIhAPN4iOOZRGuPmmQcSYSKmAKq"
            + "W8GgX84UozmpFaTd0Gdw"
        static let other =
            "MIIBfDCCASOgAwIBAgIUS+fT4vGBA3iwM3baryb9LojlWrEwCgYIKoZIzj0EAwIwDTELMAkGA1UEAwwCQ0EwIBcNMjYxMTIxMTkw"
            + "NTQ3WhgPMjEyNjEwMjgxOTA1NDdaMBAxDjAMBgNVBAMMBW90aGVyMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEjPlXij5apNZz"
            + "ljfWz4h6sOhPQWg9O/pTTfK82yQnD8BErLgjFXsFA+R6MnQglNhOnntDcy1QkY/1MyK3gYmUA6NcMFowGAYDVR0RBBEwD4INYS5l"
            + "eGFtcGxlLm9yZzAdBgNVHQ4EFgQUFDaOGXW+Odxt8X31jYSLbqOZROkwHwYDVR0jBBgwFoAUUSETSuJpRJpfQ5MAg5l7qKDNDXEw"
            + "CgYIKoZIzj0EAwIDRwAwRAIgOviJBOrTUWEsuW/ga/1qjPRARhyIk3zfyRWdr6SUF88CIAOoi4UIDH0mYkVQbcKYE6sdHQKy0i1P"
            + "87Wfv5eq5LU8"
        static let secret =
            "MIIBhjCCASugAwIBAgIUS+fT4vGBA3iwM3baryb9LojlWrIwCgYIKoZIzj0EAwIwDTELMAkGA1UEAwwCQ0EwIBcNMjYxMTIxMTkw"
            + "NTQ3WhgPMjEyNjEwMjgxOTA1NDdaMBExDzANBgNVBAMMBnNlY3JldDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABIz5V4o+WqTW"
            + "c5Y31s+IerDoT0FoPTv6U03yvNskJw/ARKy4IxV7BQPkejJ0IJTYTp57Q3MtUJGP9TMit4GJlAOjYzBhMB8GA1UdEQQYMBaCFHgu"
            + "c2VjcmV0LmV4YW1wbGUuY29tMB0GA1UdDgQWBBQUNo4Zdb453G3xffWNhItuo5lE6TAfBgNVHSMEGDAWgBRRIRNK4mlEml9DkwCD"
            + "mXuooM0NcTAKBggqhkjOPQQDAgNJADBGAiEAmKFPcEpXIeFEQdFDuaalnNLiekUECYxR3OSQCwWyD/sCIQDLsECfLt8XjGwmt81J"
            + "T9EyIEk6ch1vtJx5j0/nWyBNuA=="
        static let far =
            "MIIBfzCCASWgAwIBAgIUS+fT4vGBA3iwM3baryb9LojlWrMwCgYIKoZIzj0EAwIwDTELMAkGA1UEAwwCQ0EwIBcNMjYxMTIxMTkw"
            + "NTQ3WhgPMjEyNjEwMjgxOTA1NDdaMA4xDDAKBgNVBAMMA2ZhcjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABIz5V4o+WqTWc5Y3"
            + "1s+IerDoT0FoPTv6U03yvNskJw/ARKy4IxV7BQPkejJ0IJTYTp57Q3MtUJGP9TMit4GJlAOjYDBeMBwGA1UdEQQVMBOCC2V4YW1w"
            + "bGUuY29thwQLAAABMB0GA1UdDgQWBBQUNo4Zdb453G3xffWNhItuo5lE6TAfBgNVHSMEGDAWgBRRIRNK4mlEml9DkwCDmXuooM0N"
            + "cTAKBggqhkjOPQQDAgNIADBFAiEA7WMkCF31GKR/z4dNaIbAXKXDOJGIqYQLhkWzSpmWy+gCIHKIzW5oqWFBup2KKcXJdlZQtNcH"
            + "tnSHDE5ZEaUoGicX"
        static let critical =
            "MIIBjTCCATOgAwIBAgIUS+fT4vGBA3iwM3baryb9LojlWrQwCgYIKoZIzj0EAwIwDTELMAkGA1UEAwwCQ0EwIBcNMjYxMTIxMTkw"
            + "NTQ3WhgPMjEyNjEwMjgxOTA1NDdaMBMxETAPBgNVBAMMCGNyaXRpY2FsMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEjPlXij5a"
            + "pNZzljfWz4h6sOhPQWg9O/pTTfK82yQnD8BErLgjFXsFA+R6MnQglNhOnntDcy1QkY/1MyK3gYmUA6NpMGcwFgYDVR0RBA8wDYIL"
            + "ZXhhbXBsZS5jb20wDQYDKgMEAQH/BAMMAXgwHQYDVR0OBBYEFBQ2jhl1vjncbfF99Y2Ei26jmUTpMB8GA1UdIwQYMBaAFFEhE0ri"
            + "aUSaX0OTAIOZe6igzQ1xMAoGCCqGSM49BAMCA0gAMEUCIF5ZTN0OtXuhzW68vkyEG+l43h621hv8Hv4haV0f3DC9AiEA2S2m5yR+"
            + "XKAsbZ5M/0JnMKlApM2HsXSAljx4bU8DB1w="
    }

    private func evaluate(_ expression: String) throws -> Value? {
        let module = try PolicyModule(parsing: "package t\n\np := \(expression)\n", file: "t.rego")
        return try CompiledPolicy(modules: [module]).evaluate(
            rule: "data.t.p", input: nil,
            surroundings: EvaluationSurroundings(nowNanoseconds: 1_900_000_000_000_000_000))?.document
    }

    private func text(_ certificates: [String]) -> String {
        certificates.map { "-----BEGIN CERTIFICATE-----\n\($0)\n-----END CERTIFICATE-----\n" }.joined()
    }

    @Test(
        arguments: [
            ("what it may", Certificate.good, true), ("another domain", Certificate.other, false),
            ("what is excluded", Certificate.secret, false), ("another network", Certificate.far, false),
            ("an extension that nobody knows", Certificate.critical, false),
        ])
    func `an authority vouches for no more than it may`(_ what: String, _ leaf: String, _ holds: Bool) throws {
        let chain = text([Certificate.root, Certificate.ca, leaf])
        #expect(try evaluate("crypto.x509.parse_and_verify_certificates(`\(chain)`)[0]") == .bool(holds), "\(what)")
    }

    @Test func `policies see what an authority may vouch for`() throws {
        let shown = try evaluate("crypto.x509.parse_certificates(`\(text([Certificate.ca]))`)[0]")
        #expect(shown?["PermittedDNSDomainsCritical"] == true)
        #expect(shown?["PermittedDNSDomains"] == ["example.com"])
        #expect(shown?["ExcludedDNSDomains"] == ["secret.example.com"])
        #expect(shown?["PermittedIPRanges"] == [["IP": "10.0.0.0", "Mask": "/wAAAA=="]])
        #expect(shown?["ExcludedIPRanges"] == .null)
        #expect(shown?["UnhandledCriticalExtensions"] == .null)
        let leaf = try evaluate("crypto.x509.parse_certificates(`\(text([Certificate.critical]))`)[0]")
        #expect(leaf?["UnhandledCriticalExtensions"] == [[1, 2, 3, 4]])
    }
}
