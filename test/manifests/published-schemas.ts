import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";

/** Schemas as their projects publish them, at pinned versions: Go modules that are downloaded once, and only read. */
const KUBERNETES = "sigs.k8s.io/kubectl-validate@v0.0.4";
const KUBERNETES_VERSION = "1.30";
const COMPOSE = "github.com/compose-spec/compose-go/v2@v2.4.7";
const PROMETHEUS_OPERATOR = "github.com/prometheus-operator/prometheus-operator@v0.76.2";
const KUSTOMIZE = "sigs.k8s.io/kustomize/kustomize/v5@v5.7.1";

export type Schema = Readonly<Record<string, unknown>>;

/** Whether there is a program of this name. */
export const has = (program: string): boolean => spawnSync("which", [program]).status === 0;

/** Go outside any module: nothing is written but its own cache. */
const go = (...parameters: string[]): string =>
	execFileSync("go", parameters, { encoding: "utf8", cwd: tmpdir(), env: { ...process.env, GOFLAGS: "-mod=mod" } });

const folderOf = (module: string): string =>
	(JSON.parse(go("mod", "download", "-json", module)) as { Dir: string }).Dir;

/** The OpenAPI document of an API group of Kubernetes, e.g. `apps/v1`, `v1`. */
export function kubernetesApi(apiVersion: string): { components: { schemas: Record<string, Schema> } } {
	const group = apiVersion.includes("/") ? `apis/${apiVersion}` : `api/${apiVersion}`;
	const builtins = join(folderOf(KUBERNETES), "pkg/openapiclient/builtins", KUBERNETES_VERSION);
	return JSON.parse(readFileSync(join(builtins, `${group}.json`), "utf8")) as ReturnType<typeof kubernetesApi>;
}

/** The schema of a custom resource of the Prometheus operator, e.g. `servicemonitors`. */
export function prometheusResource(plural: string): Schema {
	const folder = join(folderOf(PROMETHEUS_OPERATOR), "example/prometheus-operator-crd");
	// Go's way to ignore the case of letters, which JavaScript does not know.
	const text = readFileSync(join(folder, `monitoring.coreos.com_${plural}.yaml`), "utf8").replaceAll("(?i)", "");
	const definition = parse(text) as {
		spec: { versions: { schema: { openAPIV3Schema: Schema } }[] };
	};
	const [version] = definition.spec.versions;
	if (version === undefined) throw new Error(`${plural} has no version`);
	return version.schema.openAPIV3Schema;
}

/** The specification of compose files, as a JSON schema, without the ids of an older dialect. */
export const composeSchema = (): Schema =>
	JSON.parse(readFileSync(join(folderOf(COMPOSE), "schema/compose-spec.json"), "utf8"), (key, value: unknown) =>
		["id", "$schema"].includes(key) && typeof value === "string" ? undefined : value,
	) as Schema;

/** What `kubectl apply -k` would send: by kubectl or kustomize where they are, else by kustomize from its source. */
export function kustomized(folder: string): string {
	const read = { encoding: "utf8", maxBuffer: 1 << 26 } as const;
	if (has("kustomize")) return execFileSync("kustomize", ["build", folder], read);
	if (has("kubectl")) return execFileSync("kubectl", ["kustomize", folder], read);
	const env = { ...process.env, GOFLAGS: "-mod=mod" };
	return execFileSync("go", ["run", KUSTOMIZE, "build", folder], { ...read, env, cwd: tmpdir() });
}
