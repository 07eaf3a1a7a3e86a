public import Signatures
import WaybillCore

/// How strictly the policies of other systems are taken. The defaults close the holes that those systems have; each can be
/// opened by name, for a cluster that is not ready yet.
public struct DeploySettings: Sendable {
    /// Keyless signatures: whom to believe.
    public var root: TrustedRoot?
    /// Roots by the name that `trustRootRef` uses.
    public var roots: [String: TrustedRoot]
    /// An attested image is not looked at again, whatever was found in it since (as Kritis does it).
    public var attestedSkipsScan: Bool
    /// Whoever can write an annotation may deploy anything (as Kritis does it).
    public var annotationIsBreakglass: Bool
    /// Where no policy is about an image, it is let through.
    public var unmatchedIsAllowed: Bool
    /// Several attestors must be several people.
    public var attestorsAreDistinct: Bool
    /// Users who may break the glass.
    public var breakglassActors: Set<String>
    /// Images that need no policy, by exact name or by pattern with a tag or digest.
    public var exempt: [ImagePattern]
    /// Whose a key is, by its name (`SHA256:…`) or fingerprint: two keys of one person are one person.
    public var persons: [String: String] = [:]
    /// The oldest scan that counts, in seconds; nil for any age.
    public var scanAgeMaxSeconds: Int64?

    public init(
        root: TrustedRoot? = nil, roots: [String: TrustedRoot] = [:], attestedSkipsScan: Bool = false,
        annotationIsBreakglass: Bool = false, unmatchedIsAllowed: Bool = false, attestorsAreDistinct: Bool = true,
        breakglassActors: Set<String> = [], exempt: [ImagePattern] = []
    ) {
        self.root = root
        self.roots = roots
        self.attestedSkipsScan = attestedSkipsScan
        self.annotationIsBreakglass = annotationIsBreakglass
        self.unmatchedIsAllowed = unmatchedIsAllowed
        self.attestorsAreDistinct = attestorsAreDistinct
        self.breakglassActors = breakglassActors
        self.exempt = exempt
    }

    /// As Kritis decides, holes and all: for moving from it, and for comparing.
    public static func likeKritis(exempt: [ImagePattern] = []) -> DeploySettings {
        DeploySettings(
            attestedSkipsScan: true, annotationIsBreakglass: true, unmatchedIsAllowed: true,
            attestorsAreDistinct: false,
            exempt: exempt)
    }
}
