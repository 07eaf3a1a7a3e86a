extension Builtins {
    /// Every family, in a file of its own.
    static let families: [[Builtin]] = [
        ComparisonBuiltins.all, ArithmeticBuiltins.all, CollectionBuiltins.all, ObjectBuiltins.all, TypeBuiltins.all,
        StringBuiltins.all,
        RegexBuiltins.all, EncodingBuiltins.all, TimeBuiltins.all, NetworkBuiltins.all, GlobBuiltins.all,
        VersionBuiltins.all,
        CryptoBuiltins.all, DocumentBuiltins.all, TokenBuiltins.all, ModuleBuiltins.all,
        GraphQLBuiltins.all, SchemaBuiltins.all, RequestSigning.all, WebAddress.all, CertificateBuiltins.all,
        TemplateBuiltins.all,
    ]
}
