import ArgumentParser

/// What a chain of papers is asked about.
struct ChainSubjectOption: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "A workload, an image or a commit.",
            discussion: "deployment/shop as kubectl names it, sha256:… or NAME@sha256:…, or a commit's whole name.",
            valueName: "subject"))
    var text: String

    @Option(name: .shortAndLong, help: "The workload's namespace.") var namespace = "default"
}
