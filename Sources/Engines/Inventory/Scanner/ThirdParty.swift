import Packages

/// Tells a distribution's own packages from those of other repositories, by what they say about their makers.
enum ThirdParty {
    /// Words of the vendor field of each distribution's own packages.
    private static let vendors: [String: [String]] = [
        "redhat": ["Red Hat"], "rhel": ["Red Hat"], "centos": ["CentOS", "Red Hat"], "almalinux": ["AlmaLinux"],
        "rocky": ["Rocky"], "fedora": ["Fedora Project"], "ol": ["Oracle America"], "amzn": ["Amazon"],
        "opensuse-leap": ["openSUSE", "SUSE"], "opensuse-tumbleweed": ["openSUSE", "SUSE"],
        "opensuse": ["openSUSE", "SUSE"],
        "sles": ["SUSE"], "photon": ["VMware", "Broadcom"], "mariner": ["Microsoft"], "azurelinux": ["Microsoft"],
        "openeuler": ["openEuler"], "openEuler": ["openEuler"],
    ]
    /// Parts of versions that only other repositories of Debian packages write.
    private static let versionMarks = [".pgdg", "sury.org", "~ppa", "nodesource", "~bpo.nginx", "+vendor"].map {
        Array($0.utf8)
    }
    /// The mail domains of vendors that publish Debian packages of their own.
    private static let domains: Set<String> = [
        "docker.com", "nginx.com", "nodesource.com", "google.com", "microsoft.com", "hashicorp.com", "elastic.co",
        "mongodb.com", "10gen.com", "mariadb.org", "mariadb.com", "oracle.com", "redis.com", "redis.io", "grafana.com",
        "nvidia.com", "gitlab.com", "datadoghq.com", "kubernetes.io", "influxdata.com", "confluent.io",
        "clickhouse.com", "cloudflare.com", "tailscale.com", "caddyserver.com", "percona.com", "rabbitmq.com",
        "vmware.com", "slack.com", "github.com", "jenkins-ci.org", "adoptium.net", "azul.com", "varnish-software.com",
        "haproxy.com", "packagecloud.io", "sensu.io", "puppet.com", "chef.io", "amazon.com", "intel.com", "amd.com",
    ]

    static func isForeign(_ package: Package, to system: OperatingSystem?) -> Bool {
        switch package.ecosystem.ordering {
        case .rpm:
            guard let vendor = package.vendor, !vendor.isEmpty, let own = vendors[system?.id ?? ""] else {
                return false
            }
            return !own.contains { vendor.contains($0) }
        case .dpkg:
            if hasMark(package.version) { return true }
            guard let vendor = package.vendor, let at = vendor.lastIndex(of: "@") else { return false }
            let domain = vendor[vendor.index(after: at)...].prefix { $0 != ">" }.lowercased()
            // The domain, or one that it lies below.
            var rest = domain[...]
            while !rest.isEmpty {
                if domains.contains(String(rest)) { return true }
                guard let dot = rest.firstIndex(of: ".") else { return false }
                rest = rest[rest.index(after: dot)...]
            }
            return false
        default: return false
        }
    }

    private static func hasMark(_ version: String) -> Bool {
        let bytes = Array(version.utf8)
        return bytes.indices.contains { start in versionMarks.contains { bytes[start...].starts(with: $0) } }
    }
}
