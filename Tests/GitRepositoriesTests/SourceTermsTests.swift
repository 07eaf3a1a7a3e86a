import Attestations
import Testing
import Trust
import WaybillCore

@testable import GitRepositories

struct SourceTermsTests {
    func commit(_ files: [String: String]) async throws -> (InMemoryRepository, ObjectID) {
        let repository = InMemoryRepository()
        let tree = try await repository.storeTree(changing: files.mapValues { Array($0.utf8) }, of: nil)
        let person = CommitPerson(name: "Ann", email: "ann@shop.example", seconds: 1_790_000_000)
        return (
            repository, try await repository.store(CommitDraft(tree: tree, parents: [], author: person, message: "x"))
        )
    }

    @Test func `without files of keys a signature of another kind than SSH's is by an unknown key`() async throws {
        let (repository, id) = try await commit(["README": "x"])
        let terms = try await SourceTerms(at: id, in: repository)
        let text = "-----BEGIN PGP SIGNATURE-----\n\nx\n-----END PGP SIGNATURE-----"
        let answer = terms.keyring.judge(openPGP: Array(text.utf8), over: [], at: nil)
        guard case .refused(.badSignature, nil) = answer else {
            Issue.record("\(answer)")
            return
        }
        #expect(terms.verifier(at: Timestamp(seconds: 1)).moment == Timestamp(seconds: 1))
        #expect(terms.verifier().moment == nil)
    }

    @Test(
        arguments: [SourceTerms.openPGPKeysFile, SourceTerms.authoritiesFile], ["", "no keys\n", "-----BEGIN X-----\n"])
    func `a file of keys that cannot be read is an error that names it`(_ file: String, _ text: String) async throws {
        let (repository, id) = try await commit([file: text])
        var found: WaybillError?
        do { _ = try await SourceTerms(at: id, in: repository) } catch { found = error }
        #expect(found?.code == .invalidInput)
        #expect(found?.subject == file)
    }
}
