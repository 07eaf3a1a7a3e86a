import Documents
import WaybillCore

/// A program: Go's and Rust's carry the list of what went into them.
enum Executable {
    /// Larger programs are only searched for Go's list, as they pass by.
    static let bytesMax = 48 << 20

    /// Whether a file with this start may be a program: ELF, PE or Mach-O.
    static func isProgram(_ start: ArraySlice<UInt8>) -> Bool {
        ELFFile.isELF(start) || start.starts(with: [0x4D, 0x5A])
            || [[0xCF, 0xFA, 0xED, 0xFE], [0xCE, 0xFA, 0xED, 0xFE], [0xFE, 0xED, 0xFA, 0xCF]].contains {
                start.starts(with: $0)
            }
    }

    /// What the program says it was made of; nil where it does not say, as nearly all do.
    static func read(_ file: InventoryFile) -> ParsedInventory? {
        var elf: ELFFile?
        var damage: String?
        if ELFFile.isELF(file.bytes) {
            do { elf = try ELFFile(file.bytes) } catch { damage = error.message }
        }
        do {
            if let info = try GoBuildInfo(file.bytes, elf: elf) { return info.inventory(file) }
            if let packed = try elf?.section(CargoAuditable.section) { return try CargoAuditable.read(packed, file) }
        } catch let error as BinaryError {
            damage = error.message
        } catch let error as DocumentError {
            damage = error.message
        } catch {
            damage = "\(error)"
        }
        // Damaged headers matter only to a program that says it has a list; other files may look as they like.
        guard let damage,
            ByteView(file.bytes).find(Array(CargoAuditable.section.utf8)) != nil || damage.contains("Go build")
                || damage.contains("list of crates")
        else { return nil }
        return ParsedInventory(problems: [
            file.problem(
                "WB-SCAN-001", "cannot be read as a program: \(damage); what it was made of is unknown", .start,
                severity: .high)
        ])
    }
}
