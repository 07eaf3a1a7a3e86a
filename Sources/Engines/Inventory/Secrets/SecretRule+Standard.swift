import WaybillCore

extension SecretRule {
    /// The rules that are always on. Formats of tokens are those that the vendors publish.
    public static let standard: [SecretRule] = (clouds + forges + services + vendors + keys + contexts).map { rule in
        var rule = rule
        // None of these is longer than its reach; only whole keys need more.
        rule.aliases = otherNames[rule.id] ?? []
        if rule.reach == nil { rule.reach = Reach(before: 160, behind: 1400) }
        return rule
    }

    /// What Trivy calls them.
    private static let otherNames: [String: [String]] = [
        "github-token": ["github-pat", "github-oauth", "github-app-token", "github-refresh-token"],
        "github-fine-grained-token": ["github-fine-grained-pat"], "gitlab-token": ["gitlab-pat"],
        "aws-secret-access-key": ["aws-secret-access-key"], "slack-token": ["slack-access-token"],
        "slack-webhook": ["slack-web-hook"], "stripe-key": ["stripe-publishable-token", "stripe-secret-token"],
        "npm-token": ["npm-access-token"], "pypi-token": ["pypi-upload-token"],
        "json-web-token": ["jwt-token"], "docker-token": ["dockerconfig-secret"],
        "google-api-key": ["gcp-api-key"], "huggingface-token": ["hugging-face-access-token"],
    ]

    private static let clouds: [SecretRule] = [
        SecretRule(
            id: "aws-access-key-id", title: "AWS access key", severity: .critical,
            pattern: #"\b((?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}|(?:AKIA|ASIA)[A-Z0-9]{16})\b"#,
            keywords: ["A3T", "AKIA", "ASIA", "ABIA", "ACCA"],
            entropyMin: 3, allowed: [#"EXAMPLE$"#]),
        SecretRule(
            id: "aws-secret-access-key", title: "AWS secret key", severity: .critical,
            pattern: #"(?i)aws_?(?:secret)?_?(?:access)?_?key["'\s]{0,3}(?:=>|=|:)["'\s]{0,4}([a-z0-9/+]{40})\b"#,
            keywords: ["aws"],
            entropyMin: 4, allowed: [#"EXAMPLEKEY$"#]),
        SecretRule(
            id: "aws-bedrock-api-key", title: "Amazon Bedrock API key", severity: .critical,
            pattern: #"\b(ABSK[A-Za-z0-9+/]{109,269}={0,2})(?:[^A-Za-z0-9+/=]|$)"#, keywords: ["ABSK"], entropyMin: 2.5),
        SecretRule(
            id: "google-api-key", title: "Google API key", pattern: #"\b(AIza[\w-]{35})(?:[^\w-]|$)"#,
            keywords: ["AIza"],
            entropyMin: 4,
            allowed: [#"^AIza(?:SyabcdefghijklmnopqrstuvwxyzabcdefG|SyAnLA7NfeLquW1tJFpx_eQCxoX-oo6YyIs)"#]),
        SecretRule(
            id: "azure-storage-key", title: "Azure storage account key", severity: .critical,
            pattern: #"AccountKey=([A-Za-z0-9+/]{86}==)"#, keywords: ["AccountKey"], entropyMin: 4),
        SecretRule(
            id: "azure-client-secret", title: "Azure client secret", severity: .critical,
            pattern: #"(?:^|[^\w~.-])([\w~.]{3}[0-9]Q~[\w~.-]{31,34})(?:[^\w~.-]|$)"#, keywords: ["Q~"], entropyMin: 3),
        SecretRule(
            id: "digitalocean-token", title: "DigitalOcean token", pattern: #"\b(do[opr]_v1_[a-f0-9]{64})\b"#,
            keywords: ["doo_v1_", "dop_v1_", "dor_v1_"], entropyMin: 3),
        SecretRule(
            id: "databricks-token", title: "Databricks token", pattern: #"\b(dapi[a-f0-9]{32}(?:-[0-9])?)\b"#,
            keywords: ["dapi"],
            entropyMin: 3),
        SecretRule(
            id: "heroku-api-key", title: "Heroku API key", pattern: #"\b(HRKU-AA[\w-]{58})\b"#, keywords: ["HRKU-AA"],
            entropyMin: 4),
        SecretRule(
            id: "hashicorp-vault-token", title: "Vault token", severity: .critical,
            pattern: #"\b(hv[sb]\.[\w-]{90,300}|s\.[A-Za-z0-9]{24})\b"#, keywords: ["hvs.", "hvb.", "vault"],
            entropyMin: 3.5),
        SecretRule(
            id: "pulumi-token", title: "Pulumi token", pattern: #"\b(pul-[a-f0-9]{40})\b"#, keywords: ["pul-"],
            entropyMin: 2),
        SecretRule(
            id: "planetscale-token", title: "PlanetScale token",
            pattern: #"\b(pscale_(?:tkn|pw|oauth)_[\w=.-]{32,64})(?:[^\w=.-]|$)"#,
            keywords: ["pscale_"], entropyMin: 3),
        SecretRule(
            id: "infracost-token", title: "Infracost token", pattern: #"\b(ico-[A-Za-z0-9]{32})\b"#, keywords: ["ico-"],
            entropyMin: 3,
            allowed: [#"^ico-[a-f0-9]{32}$"#]),
    ]

    private static let forges: [SecretRule] = [
        SecretRule(
            id: "github-token", title: "GitHub token", severity: .critical,
            pattern: #"\b(gh[pousr]_[A-Za-z0-9]{36,255})\b"#,
            keywords: ["ghp_", "gho_", "ghu_", "ghs_", "ghr_"], entropyMin: 3),
        SecretRule(
            id: "github-fine-grained-token", title: "GitHub fine-grained token", severity: .critical,
            pattern: #"\b(github_pat_\w{82})\b"#, keywords: ["github_pat_"], entropyMin: 3),
        SecretRule(
            id: "gitlab-token", title: "GitLab token", severity: .critical,
            pattern:
                #"\b((?:glpat|gldt|glft|glrt|glsoat|glagent|glimt)-[\w-]{20,64}(?:\.[0-9a-z]{2}[0-9a-z]{7})?)(?:[^\w-]|$)"#,
            keywords: ["glpat-", "gldt-", "glft-", "glrt-", "glsoat-", "glagent-", "glimt-"], entropyMin: 3),
        SecretRule(
            id: "gitlab-trigger-token", title: "GitLab trigger token", pattern: #"\b(glptt-[a-f0-9]{40})\b"#,
            keywords: ["glptt-"],
            entropyMin: 3),
        SecretRule(
            id: "npm-token", title: "npm token", severity: .critical, pattern: #"\b(npm_[A-Za-z0-9]{36})\b"#,
            keywords: ["npm_"],
            entropyMin: 3),
        SecretRule(
            id: "pypi-token", title: "PyPI token", severity: .critical,
            pattern: #"\b(pypi-AgEIcHlwaS5vcmc[\w-]{50,1000})"#,
            keywords: ["pypi-AgEI"], entropyMin: 3),
        SecretRule(
            id: "rubygems-token", title: "RubyGems token", severity: .critical,
            pattern: #"\b(rubygems_[a-f0-9]{48})\b"#,
            keywords: ["rubygems_"], entropyMin: 2),
        SecretRule(
            id: "docker-token", title: "Docker Hub token", severity: .critical,
            pattern: #"\b(dckr_(?:pat|oat)_[\w-]{27,32})(?:[^\w-]|$)"#,
            keywords: ["dckr_pat_", "dckr_oat_"], entropyMin: 3),
        SecretRule(
            id: "sourcegraph-token", title: "Sourcegraph token",
            pattern: #"(?i)\b(sgp_(?:[a-f0-9]{16}|local)_[a-f0-9]{40}|sgp_[a-f0-9]{40})\b"#, keywords: ["sgp_"],
            entropyMin: 3),
        SecretRule(
            id: "sourcegraph-legacy-token", title: "Sourcegraph token",
            pattern: #"(?i)sourcegraph[\w.-]{0,20}["'\s]{0,3}(?:=>|=|:)["'\s]{0,4}([a-f0-9]{40})\b"#,
            keywords: ["sourcegraph"],
            entropyMin: 3),
        SecretRule(
            id: "octopus-deploy-key", title: "Octopus Deploy API key", pattern: #"\b(API-[A-Z0-9]{26})\b"#,
            keywords: ["API-"],
            entropyMin: 3, allowed: [#"^API-[A-Z]{26}$"#]),
    ]

    private static let services: [SecretRule] = [
        SecretRule(
            id: "slack-token", title: "Slack token", severity: .critical,
            pattern:
                #"\b(xoxb-[0-9]{10,13}-[0-9]{10,13}(?:-[A-Za-z0-9-]{10,64})?|xox[pe](?:-[0-9]{10,13}){3}-[A-Za-z0-9-]{28,34}|(?i:xapp)-[0-9]-[A-Z0-9]+-[0-9]+-[a-z0-9]+|xoxe(?:\.xox[bp])?-[0-9]-[A-Z0-9]{146,170}|xox[os]-[0-9]+-[0-9]+-[0-9]+-[a-fA-F0-9]+|xox[ar]-(?:[0-9]-)?[0-9a-zA-Z]{8,48})\b"#,
            keywords: ["xox", "xapp-"], entropyMin: 2.5),
        SecretRule(
            id: "slack-webhook", title: "Slack webhook", severity: .medium,
            pattern: #"(hooks\.slack\.com/(?:services|workflows|triggers)/[A-Za-z0-9+/]{43,56})"#,
            keywords: ["hooks.slack.com"]),
        SecretRule(
            id: "stripe-key", title: "Stripe key", severity: .critical,
            pattern: #"\b((?:sk|rk)_(?:test|live|prod)_[A-Za-z0-9]{10,99})\b"#,
            keywords: ["sk_test_", "sk_live_", "sk_prod_", "rk_test_", "rk_live_", "rk_prod_"], entropyMin: 2),
        SecretRule(
            id: "anthropic-api-key", title: "Anthropic API key", pattern: #"\b(sk-ant-api03-[\w-]{93}AA)(?:[^\w-]|$)"#,
            keywords: ["sk-ant-api03"]),
        SecretRule(
            id: "anthropic-admin-api-key", title: "Anthropic admin API key", severity: .critical,
            pattern: #"\b(sk-ant-admin01-[\w-]{93}AA)(?:[^\w-]|$)"#, keywords: ["sk-ant-admin01"]),
        SecretRule(
            id: "openai-api-key", title: "OpenAI API key",
            pattern: #"\b(sk-(?:(?:proj|svcacct|admin)-[\w-]{20,100})?[\w-]{0,100}T3BlbkFJ[\w-]{20,100})(?:[^\w-]|$)"#,
            keywords: ["T3BlbkFJ"],
            entropyMin: 3),
        SecretRule(
            id: "huggingface-token", title: "Hugging Face token", pattern: #"\b((?:hf|api_org)_[A-Za-z]{34})\b"#,
            keywords: ["hf_", "api_org_"], entropyMin: 3.2),
        SecretRule(
            id: "sendgrid-key", title: "SendGrid key", pattern: #"\b(SG\.[\w-]{22}\.[\w-]{43})(?:[^\w-]|$)"#,
            keywords: ["SG."],
            entropyMin: 3),
        SecretRule(
            id: "twilio-key", title: "Twilio key", pattern: #"\b(SK[0-9a-fA-F]{32})\b"#, keywords: ["SK"],
            entropyMin: 3,
            reach: Reach(before: 4, behind: 40)),
        SecretRule(
            id: "shopify-token", title: "Shopify token", pattern: #"\b(shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32})\b"#,
            keywords: ["shpat_", "shpca_", "shppa_", "shpss_"], entropyMin: 2),
        SecretRule(
            id: "notion-token", title: "Notion token", pattern: #"\b(ntn_[0-9]{11}[A-Za-z0-9]{35})\b"#,
            keywords: ["ntn_"],
            entropyMin: 4),
        SecretRule(
            id: "facebook-access-token", title: "Facebook access token",
            pattern: #"(?i)\b([0-9]{15,16}(?:\||%)[0-9a-z_-]{27,40})(?:[^\w-]|$)"#, keywords: ["facebook"],
            entropyMin: 3),
        SecretRule(
            id: "facebook-page-token", title: "Facebook page token", pattern: #"\b(EAA[MC][A-Za-z0-9]{100,500})\b"#,
            keywords: ["EAAM", "EAAC"], entropyMin: 4),
        SecretRule(
            id: "intra42-secret", title: "Intra 42 client secret", pattern: #"\b(s-s4t2(?:ud|af)-[a-f0-9]{64})\b"#,
            keywords: ["s-s4t2"], entropyMin: 3),
        SecretRule(
            id: "telegram-bot-token", title: "Telegram bot token",
            pattern: #"(?:^|[^0-9])([0-9]{8,10}:AA[\w-]{33})(?:[^\w-]|$)"#,
            keywords: [":AA"], entropyMin: 3),
        SecretRule(
            id: "grafana-token", title: "Grafana token",
            pattern: #"\b(glc_[A-Za-z0-9+/]{32,400}={0,3}|glsa_[A-Za-z0-9]{32}_[a-fA-F0-9]{8})(?:[^\w+/=]|$)"#,
            keywords: ["glc_", "glsa_"], entropyMin: 3),
        SecretRule(
            id: "linear-key", title: "Linear API key", pattern: #"\b(lin_api_[A-Za-z0-9]{40})\b"#,
            keywords: ["lin_api_"],
            entropyMin: 2),
        SecretRule(
            id: "newrelic-key", title: "New Relic user key", pattern: #"(?i)\b(NRAK-[A-Z0-9]{27})\b"#,
            keywords: ["NRAK-"],
            entropyMin: 3),
        SecretRule(
            id: "postman-key", title: "Postman API key", pattern: #"\b(PMAK-[a-f0-9]{24}-[a-f0-9]{34})\b"#,
            keywords: ["PMAK-"],
            entropyMin: 3),
        SecretRule(
            id: "doppler-token", title: "Doppler token", pattern: #"\b(dp\.(?:pt|st|ct|sa)\.[A-Za-z0-9._-]{40,60})\b"#,
            keywords: ["dp.pt.", "dp.st.", "dp.ct.", "dp.sa."], entropyMin: 2),
        SecretRule(
            id: "prefect-token", title: "Prefect token", pattern: #"(?i)\b(pnu_[a-z0-9]{36})\b"#, keywords: ["pnu_"],
            entropyMin: 2),
        SecretRule(
            id: "readme-token", title: "ReadMe token", pattern: #"\b(rdme_[a-z0-9]{70})\b"#, keywords: ["rdme_"],
            entropyMin: 2),
        SecretRule(
            id: "1password-token", title: "1Password secret key or service account token", severity: .critical,
            pattern:
                #"\b(A3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})(?:-[A-Z0-9]{5}){3}|ops_eyJ[A-Za-z0-9+/]{250,}={0,3})(?:[^\w+/=]|$)"#,
            keywords: ["A3-", "ops_eyJ"], entropyMin: 3.8),
    ]

    private static let keys: [SecretRule] = [
        SecretRule(
            id: "private-key", title: "private key", severity: .critical,
            pattern: #"(-----BEGIN[ A-Z0-9_-]{0,100}PRIVATE KEY(?: BLOCK)?-----[\s\S]{64,}?KEY(?: BLOCK)?-----)"#,
            keywords: ["PRIVATE KEY"], reach: Reach(before: 160, behind: 20_000)),
        SecretRule(
            id: "age-secret-key", title: "age secret key", severity: .critical,
            pattern: #"(AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58})"#, keywords: ["AGE-SECRET-KEY-1"]),
        SecretRule(
            id: "json-web-token", title: "JSON web token", severity: .medium,
            pattern: #"\b(eyJ[A-Za-z0-9_-]{14,}\.eyJ[A-Za-z0-9_-]{14,}\.[A-Za-z0-9_-]{10,})(?:[^\w-]|$)"#,
            keywords: ["eyJ"],
            entropyMin: 3),
        SecretRule(
            id: "json-web-token-base64", title: "JSON web token in Base64", severity: .medium,
            // `eyJ`, as every token begins, once more in Base64; lines may break it.
            pattern: #"\b(ZXlK[A-Za-z0-9+/_-](?:[A-Za-z0-9+/_-]|\r?\n){48,1000}={0,2})"#, keywords: ["ZXlK"],
            entropyMin: 4),
    ]

    private static let contexts: [SecretRule] = [
        SecretRule(
            id: "sidekiq-url", title: "Sidekiq credentials in a URL",
            pattern: #"(?i)\bhttps?://([a-f0-9]{8}:[a-f0-9]{8})@(?:gems|enterprise)\.contribsys\.com\b"#,
            keywords: ["contribsys.com"], reach: Reach(before: 120, behind: 8)),
        SecretRule(
            id: "password-in-url", title: "password in a URL",
            pattern:
                #"(?i)\b(?:https?|ftp|ssh|redis|rediss|amqps?|mongodb(?:\+srv)?|postgres(?:ql)?|mysql|mariadb|smtps?|ldaps?)://[^\s:@/"'<>{}$]{1,64}:([^\s:@/"'<>{}$\[\]]{6,128})@[a-z0-9]"#,
            keywords: ["://"], entropyMin: 2.5,
            allowed: [#"(?i)^(?:password|passwd|secret|changeme|example|postgres|mysql|redis|guest|token)\w{0,4}$"#],
            reach: Reach(before: 24, behind: 210)),
        SecretRule(
            id: "curl-credentials", title: "credentials of a curl command",
            pattern:
                #"\bcurl\b(?:[^\n]|\\\n){0,400}?\s(?:-u|--user)(?:=|\s*)(?:"([^"\n:$<{]{0,64}:[^"\n:$<{*]{0,128})"|'([^'\n:$<{]{0,64}:[^'\n:$<{*]{0,128})'|((?:"[^"\n:]{1,64}"|'[^'\n:]{1,64}'|[^\s"':$<{]{1,64}):(?:"[^"\n$<*]{3,128}"|'[^'\n$<*]{3,128}'|[^\s"'<{*$][^\s"'<{*]{2,127})))(?:\s|$)"#,
            keywords: ["curl"], entropyMin: 2,
            allowed: [
                #"(?i)^[^:]*:(?:x-oauth-basic|password|pass|token|secret|changeme|test|\$\w+|\[.*|xxx+)$"#,
                #"(?i)(?:^user(?:name)?:[^0-9]*$|your|^[a-z_.-]{0,64}:$|^:[a-z]{0,16}$)"#, #"\{\{|\$\{|\$\("#,
            ], reach: Reach(before: 8, behind: 1000)),
        SecretRule(
            id: "curl-authorization", title: "authorization header of a curl command",
            pattern:
                #"\bcurl\b(?:[^\n]|\\\n){0,400}?\s(?:-H|--header)(?:=|\s*)["'](?i:(?:proxy-)?authorization:\s{0,4}(?:basic\s([a-z0-9+/]{8,512}={0,3})|(?:bearer|(?:api-)?token)\s([\w=~@.+/-]{8,512})|([\w=~@.+/-]{8,512}))|(?:x-(?:[a-z]+-)?)?(?:api|auth)-?(?:key|token|secret):\s{0,4}([\w=~@.+/-]{8,512}))["']"#,
            keywords: ["curl"], entropyMin: 2.75,
            allowed: [#"(?i)(?:your|token|example|placeholder)"#, #"^\$"#], reach: Reach(before: 8, behind: 1200)),
        SecretRule(
            id: "kubernetes-secret", title: "value in a Kubernetes Secret",
            pattern:
                #"(?i)\bkind:[ \t]*["']?secret\b["']?(?s:.){0,400}?\bdata:[ \t]*\n(?:[ \t]+[\w.-]+:[ \t]*["']?(?:\{\{[^\n]*|""|'')?["']?\n){0,16}?[ \t]+[\w.-]+:[ \t]*(?:[|>][+-]?[ \t]*\n[ \t]+)?["']?([a-z0-9+/]{10,}={0,3})["']?[ \t]*(?:\n|$)"#,
            keywords: ["secret"], path: #"(?i)\.ya?ml$"#, reach: Reach(before: 600, behind: 1600)),
        SecretRule(
            id: "nuget-password", title: "password of a NuGet source",
            pattern: #"(?i)<add key="(?:ClearText)?Password"\s*value="([^"%$]{8,256})"\s*/>"#, keywords: ["<add key="],
            entropyMin: 1, allowed: [#"^\d{1,3}$"#], path: #"(?i)nuget\.config$"#),
        SecretRule(
            id: "terraform-password", title: "password in a Terraform file",
            pattern: #"(?i)password[\w.-]{0,20}["']?\s{0,8}[=:]\s{0,4}"([a-z0-9=_-]{8,20})""#, keywords: ["password"],
            entropyMin: 2.5,
            allowed: [#"(?i)^(?:changeme|password|example|your|placeholder)[\w-]*$"#, #"(?i)^[a-z]+(?:[_-][a-z]+)+$"#],
            path: #"(?i)\.(?:tf|tfvars|hcl)$"#),
        SecretRule(
            id: "freemius-secret-key", title: "Freemius secret key",
            pattern: #"(?i)["']secret_key["']\s*=>\s*["'](sk_\S{29})["']"#, keywords: ["secret_key"],
            path: #"(?i)\.php$"#),
        SecretRule(
            id: "pkcs12-file", title: "key store in PKCS #12", severity: .medium, pattern: "",
            path: #"(?i)\.p(?:12|fx)$"#),
        SecretRule(
            id: "generic-secret", title: "value that looks like a secret", severity: .medium,
            pattern:
                #"(?i)(?:^|[^a-z])(?:[a-z0-9_.-]{0,40}[_.-])?(?:api_?key|apikey|secret|secret_?key|access_?token|auth_?token|token|passwd|password|private_?key|client_?secret)["'\]]{0,2}\s{0,3}(?:=>|:=|=|:)\s{0,3}["'`]([A-Za-z0-9+/_.=~!@#%^&*-]{16,128})["'`]"#,
            keywords: ["key", "secret", "token", "passw"], entropyMin: 3.6,
            allowed: [
                #"^[a-zA-Z_.-]+$"#, #"^[a-z0-9]+(?:[-_.][a-z]+){2,}$"#,
                #"(?i)^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$"#, #"^(?:https?|file|urn)[:/]"#,
                #"(?i)^\S{0,24}(?:example|placeholder|changeme|dummy|redacted)\S*$"#,
            ], reach: Reach(before: 64, behind: 220)),
    ]
}
