public import Documents

/// Notes of v1beta1 as v1 writes them, and back. What the other version has no field for stays under its own name, so
/// that a strict reader finds it.
public enum BetaNote {
    public static func v1(_ document: Value) -> Value {
        var note = BetaRenaming(document)
        note.rename("baseImage", to: "image")
        note.rename("deployable", to: "deployment")
        note.rename("attestationAuthority", to: "attestation")
        note.change("vulnerability") { vulnerability in
            vulnerability.changeEach("details") { detail in
                detail.rename("cpeUri", to: "affectedCpeUri")
                detail.rename("package", to: "affectedPackage")
                detail.rename("minAffectedVersion", to: "affectedVersionStart")
                detail.rename("maxAffectedVersion", to: "affectedVersionEnd")
                BetaLocation.flatten("fixedLocation", "fixed", in: &detail)
            }
        }
        return note.document
    }

    public static func beta(_ document: Value) -> Value {
        var note = BetaRenaming(document)
        note.rename("image", to: "baseImage")
        note.rename("deployment", to: "deployable")
        note.rename("attestation", to: "attestationAuthority")
        note.change("vulnerability") { vulnerability in
            vulnerability.changeEach("details") { detail in
                BetaLocation.gather("fixed", "fixedLocation", in: &detail)
                detail.rename("affectedCpeUri", to: "cpeUri")
                detail.rename("affectedPackage", to: "package")
                detail.rename("affectedVersionStart", to: "minAffectedVersion")
                detail.rename("affectedVersionEnd", to: "maxAffectedVersion")
            }
        }
        return note.document
    }
}

/// v1beta1 has messages where v1 has three fields: CPE, package, version.
enum BetaLocation {
    private static let parts = [("cpeUri", "CpeUri"), ("package", "Package"), ("version", "Version")]

    static func flatten(_ name: String, _ prefix: String, in renaming: inout BetaRenaming) {
        guard let location = renaming.object[name]?.object else { return }
        renaming.object[name] = nil
        for (part, suffix) in parts {
            if let value = location[part] { renaming.object[prefix + suffix] = value }
        }
    }

    static func gather(_ prefix: String, _ name: String, in renaming: inout BetaRenaming) {
        var location = Object()
        for (part, suffix) in parts {
            guard let value = renaming.object[prefix + suffix] else { continue }
            location[part] = value
            renaming.object[prefix + suffix] = nil
        }
        if !location.isEmpty { renaming.object[name] = .object(location) }
    }
}
