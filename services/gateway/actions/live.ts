import type { Gateway } from "../gateway.context.ts";

export async function live(this: Gateway) {
	return { status: "healthy" as const, timestamp: this.now().toISOString() };
}
