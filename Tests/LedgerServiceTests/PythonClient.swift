import Foundation
import Processes

/// The Python library that Google publishes for this API, where it is installed.
enum PythonClient {
    static let interpreter: String = {
        let environment = ProcessInfo.processInfo.environment
        let cache = environment["XDG_CACHE_HOME"] ?? (environment["HOME"] ?? "/root") + "/.cache"
        return (environment["WAYBILL_TOOLS"] ?? cache + "/waybill/tools") + "/python/bin/python"
    }()

    static let isThere: Bool = {
        guard FileManager.default.isExecutableFile(atPath: interpreter) else { return false }
        let libraries = URL(filePath: interpreter).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "lib")
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: libraries.path)) ?? []
        return versions.contains { version in
            FileManager.default.fileExists(atPath: libraries.path + "/\(version)/site-packages/grafeas/grafeas_v1")
        }
    }()

    /// Every call of the client, over either transport; prints one word for each that did what it should.
    static let script = """
        import sys, grpc
        from google.auth.credentials import AnonymousCredentials
        from google.auth.exceptions import GoogleAuthError
        from google.api_core import exceptions, client_options
        from google.protobuf import field_mask_pb2, timestamp_pb2
        from grafeas import grafeas_v1
        from grafeas.grafeas_v1 import Note, Occurrence, NoteKind, Version, Severity
        from grafeas.grafeas_v1.services.grafeas.transports import GrafeasRestTransport, GrafeasGrpcTransport

        kind, address = sys.argv[1], sys.argv[2]
        token = ("authorization", "Bearer secret")
        if kind == "rest":
            transport = GrafeasRestTransport(host=address, url_scheme="http", credentials=AnonymousCredentials())
        else:
            transport = GrafeasGrpcTransport(channel=grpc.insecure_channel(address))
        client = grafeas_v1.GrafeasClient(transport=transport)
        meta = {"metadata": [token], "timeout": 20}

        def note(severity=Severity.HIGH):
            return Note(short_description="short", vulnerability=grafeas_v1.VulnerabilityNote(
                severity=severity, details=[grafeas_v1.VulnerabilityNote.Detail(
                    affected_cpe_uri="cpe", affected_package="openssl",
                    affected_version_start=Version(kind=Version.VersionKind.MINIMUM),
                    fixed_version=Version(kind=Version.VersionKind.MAXIMUM))]))

        def occurrence(resource, name):
            return Occurrence(resource_uri=resource, note_name=name, vulnerability=grafeas_v1.VulnerabilityOccurrence(
                package_issue=[grafeas_v1.VulnerabilityOccurrence.PackageIssue(
                    affected_cpe_uri="cpe", affected_package="openssl",
                    affected_version=Version(kind=Version.VersionKind.MINIMUM),
                    fixed_version=Version(kind=Version.VersionKind.MAXIMUM))]))

        def check(word, truth):
            print(word if truth else "WRONG " + word)

        def fails(word, error, call):
            try:
                call()
                print("WRONG", word, "did not fail")
            except error as caught:
                print(word)
            except Exception as other:
                print("WRONG", word, type(other), other)

        parent = "projects/py-" + kind
        made = client.create_note(parent=parent, note_id="CVE-1", note=note(), **meta)
        check("create_note", made.name == parent + "/notes/CVE-1" and made.kind == NoteKind.VULNERABILITY
              and made.create_time is not None)
        check("get_note", client.get_note(name=made.name, **meta) == made)
        several = client.batch_create_notes(parent=parent, notes={"CVE-%d" % i: note() for i in range(2, 6)}, **meta)
        check("batch_create_notes", sorted(n.name.split("/")[-1] for n in several.notes)
              == ["CVE-2", "CVE-3", "CVE-4", "CVE-5"])
        pager = client.list_notes(request={"parent": parent, "page_size": 2}, **meta)
        check("list_notes", [n.name.split("/")[-1] for n in pager] == ["CVE-%d" % i for i in range(1, 6)])
        changed = client.update_note(name=made.name, note=Note(short_description="new", long_description="left out"),
            update_mask=field_mask_pb2.FieldMask(paths=["short_description"]), **meta)
        check("update_note", changed.short_description == "new" and changed.long_description == ""
              and changed.vulnerability.severity == Severity.HIGH)
        first = client.create_occurrence(parent=parent, occurrence=occurrence("https://r/a", made.name), **meta)
        check("create_occurrence", first.name.startswith(parent + "/occurrences/") and first.resource_uri == "https://r/a")
        rest = client.batch_create_occurrences(parent=parent,
            occurrences=[occurrence("https://r/b%d" % i, made.name) for i in range(5)], **meta)
        check("batch_create_occurrences", len(rest.occurrences) == 5)
        check("get_occurrence", client.get_occurrence(name=first.name, **meta) == first)
        check("get_occurrence_note", client.get_occurrence_note(name=first.name, **meta).name == made.name)
        check("list_occurrences", len(list(client.list_occurrences(request={"parent": parent, "page_size": 2}, **meta))) == 6)
        for spelling in ["resourceUrl", "resource_url", "resourceUri", "resource_uri"]:
            found = list(client.list_occurrences(parent=parent,
                filter='%s="https://r/b3" AND kind="VULNERABILITY"' % spelling, **meta))
            check("filter " + spelling, [o.resource_uri for o in found] == ["https://r/b3"])
        found = list(client.list_note_occurrences(name=made.name, filter="", **meta))
        check("list_note_occurrences", len(found) == 6)
        moved = client.update_occurrence(name=first.name,
            occurrence=Occurrence(remediation="update", vulnerability={"severity": Severity.LOW}),
            update_mask=field_mask_pb2.FieldMask(paths=["remediation", "vulnerability.severity"]), **meta)
        check("update_occurrence", moved.remediation == "update" and moved.vulnerability.severity == Severity.LOW
              and len(moved.vulnerability.package_issue) == 1)
        there = client.create_note(parent=parent + "/locations/eu", note_id="n", note=note(), **meta)
        check("locations", client.get_note(name=there.name, **meta).name == parent + "/locations/eu/notes/n")
        fails("not_found", exceptions.NotFound, lambda: client.get_note(name=parent + "/notes/none", **meta))
        fails("already_exists", exceptions.AlreadyExists if kind == "grpc" else exceptions.Conflict,
            lambda: client.create_note(parent=parent, note_id="CVE-1", note=note(), **meta))
        fails("invalid_argument", exceptions.BadRequest if kind == "rest" else exceptions.InvalidArgument,
            lambda: client.create_note(parent=parent, note_id="bad", note=Note(), **meta))
        fails("bad_filter", exceptions.BadRequest if kind == "rest" else exceptions.InvalidArgument,
            lambda: list(client.list_notes(parent=parent, filter="kind=", **meta)))
        # Over REST the library answers a 401 with an attempt to fetch new credentials, which these are not.
        fails("unauthenticated", exceptions.Unauthenticated if kind == "grpc" else GoogleAuthError,
            lambda: client.get_note(name=made.name, timeout=20))
        for each in client.list_occurrences(parent=parent, **meta):
            client.delete_occurrence(name=each.name, **meta)
        check("delete_occurrence", not list(client.list_occurrences(parent=parent, **meta)))
        client.delete_note(name=made.name, **meta)
        fails("delete_note", exceptions.NotFound, lambda: client.get_note(name=made.name, **meta))
        """

    static let words = [
        "create_note", "get_note", "batch_create_notes", "list_notes", "update_note", "create_occurrence",
        "batch_create_occurrences", "get_occurrence", "get_occurrence_note", "list_occurrences", "filter resourceUrl",
        "filter resource_url", "filter resourceUri", "filter resource_uri", "list_note_occurrences",
        "update_occurrence", "locations", "not_found", "already_exists", "invalid_argument", "bad_filter",
        "unauthenticated", "delete_occurrence", "delete_note",
    ]
}
