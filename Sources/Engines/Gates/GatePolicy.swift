/// The policy that comes with Waybill and decides at every gate: which findings deny.
public enum GatePolicy {
    /// The policy's text, as `waybill policy show` prints it. Packages beside it under `waybill.` add to it.
    public static let text = """
        # METADATA
        # title: What denies at every gate
        package waybill.gate

        import rego.v1

        # The worst is what is not known.
        ranks := {"info": 1, "low": 2, "medium": 3, "high": 4, "critical": 5, "unknown": 5}

        deny contains finding if {
        	some finding in input.findings
        	denies(finding)
        	not accepted(finding)
        }

        warn contains finding if {
        	some finding in input.findings
        	not denies(finding)
        	not accepted(finding)
        }

        excepted contains finding if {
        	some finding in input.findings
        	accepted(finding)
        }

        denies(finding) if {
        	finding.kind in {"vulnerability", "licence"}
        	ranks[finding.severity] >= ranks[input.project.scan.deny]
        }

        denies(finding) if {
        	finding.kind in {"posture", "dockerfile"}
        	ranks[finding.severity] >= ranks[input.project.posture.deny]
        }

        denies(finding) if {
        	finding.kind == "secret"
        	input.project.scan.secrets == "deny"
        }

        # Something could not be found out: an unreadable lockfile, an ecosystem without advisories.
        denies(finding) if {
        	finding.kind == "configuration"
        	input.project.scan.unknown == "deny"
        	ranks[finding.severity] >= ranks.medium
        }

        denies(finding) if finding.kind in {"test", "signature", "policy"}

        # An exception has an owner, a reason and an end; an expired one counts as absent.
        accepted(finding) if {
        	some exception in input.project.exceptions
        	names(finding)[_] == exception.rule
        	glob.match(exception.place, ["/"], object.get(finding, "file", ""))
        	exception.expires >= input.today
        }

        names(finding) := array.concat([finding.rule], object.get(finding, "aliases", []))
        """
}
