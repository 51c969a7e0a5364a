import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { SERVICES } from "../../bin/services.ts";
import { kustomized } from "./published-schemas.ts";
import type { Manifest } from "./strict.ts";

export interface Variable {
	readonly name: string;
	readonly value?: string;
	readonly valueFrom?: { readonly secretKeyRef: { readonly name: string; readonly key: string } };
}

export interface Container {
	readonly name: string;
	readonly image: string;
	readonly env?: readonly Variable[];
	readonly envFrom?: readonly { readonly configMapRef?: { readonly name: string } }[];
	readonly securityContext: Readonly<Record<string, unknown>>;
	readonly resources: { readonly requests: unknown; readonly limits: unknown };
	readonly [probe: string]: unknown;
}

/** A Deployment or a Job. */
export interface Workload extends Manifest {
	readonly spec: {
		readonly replicas?: number;
		readonly selector?: object;
		readonly template: {
			readonly metadata: { readonly labels: Readonly<Record<string, string>> };
			readonly spec: {
				readonly containers: readonly Container[];
				readonly securityContext: Readonly<Record<string, unknown>>;
				readonly terminationGracePeriodSeconds?: number;
				readonly enableServiceLinks?: boolean;
			};
		};
	};
}

/** `user-service` for users. */
export const workloadName = (service: string): string => `${service.replace(/s$/, "")}-service`;

export const NAMES: readonly string[] = SERVICES.map(workloadName).sort();

/** What kubectl would apply, of production and of the local trial. */
export interface Overlays {
	readonly production: readonly Manifest[];
	readonly local: readonly Manifest[];
}

/** Builds both from a copy of `k8s/`, with new secrets for the local one. */
export function buildOverlays(): Overlays {
	const folder = mkdtempSync(join(tmpdir(), "stoa-k8s-"));
	try {
		cpSync("k8s", folder, { recursive: true });
		const secrets = execFileSync("bin/stoa", ["secrets", "--kubernetes"], { encoding: "utf8" });
		writeFileSync(join(folder, "overlays/local/secrets.env"), secrets);
		const [production, local] = ["production", "local"].map((name) => read(join(folder, "overlays", name)));
		return { production: production ?? [], local: local ?? [] };
	} finally {
		rmSync(folder, { recursive: true });
	}
}

const read = (overlay: string): Manifest[] =>
	parseAllDocuments(kustomized(overlay)).map((document) => document.toJS() as Manifest);

export const ofKind = (manifests: readonly Manifest[], kind: string): Manifest[] =>
	manifests.filter((manifest) => manifest.kind === kind);

export const workloadsOf = (manifests: readonly Manifest[]): Workload[] =>
	[...ofKind(manifests, "Deployment"), ...ofKind(manifests, "Job")] as Workload[];
