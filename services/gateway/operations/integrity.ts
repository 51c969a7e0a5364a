import type { Ctx } from "../../../mixins/define-service.ts";
import { auditOf } from "../../contracts/integrity.ts";
import type { Integrity } from "../../contracts/integrity.ts";
import type { Gateway } from "../gateway.context.ts";
import { askAll } from "./ask-all.ts";

/** A service stops looking after a second for each of its audits. */
const TIMEOUT_MS = 15_000;

export async function integrity(this: Gateway, ctx: Ctx<typeof Integrity>) {
	const { results, unreachable } = await askAll(this, ctx, auditOf, {}, { timeoutMs: TIMEOUT_MS });
	const findings = results.flatMap(({ service, result }) =>
		result.findings.map((finding) => ({ service, ...finding })),
	);
	const services = results.map(({ service, result: { isComplete, checked, unchecked } }) => ({
		name: service,
		isComplete,
		checked,
		unchecked,
	}));
	const isWhole = unreachable.length === 0 && services.every(({ isComplete }) => isComplete);
	return {
		isClean: isWhole && findings.length === 0,
		findings,
		services,
		unreachable,
		checkedAt: this.now().toISOString(),
	};
}
