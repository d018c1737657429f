import { type INode, NodeApiError, NodeOperationError } from 'n8n-workflow';
import { cleanVendorText } from '../core/vendorText';
import { type Failure, failureIn } from '../core/failure';

/**
 * Turns anything that was thrown into n8n's error: message, next step, item and, for n8n's scheduler, the declared cause.
 * The error keeps no request, no answer and no URL of the original, since n8n stores errors with the execution.
 */
export function toNodeError(node: INode, error: unknown, itemIndex?: number): NodeApiError | NodeOperationError {
	const failure = failureIn(error);
	if (failure) return fromFailure(node, failure, itemIndex);
	if (error instanceof NodeApiError || error instanceof NodeOperationError) return error;
	const message = error instanceof Error ? cleanVendorText(error.message) : 'The node stopped for an unknown reason';
	return new NodeOperationError(node, message, { itemIndex });
}

function fromFailure(node: INode, failure: Failure, itemIndex?: number): NodeApiError | NodeOperationError {
	const { message, advice: description } = failure;
	const { status, retryAfterMs } = failure.details;
	const error =
		status === undefined && failure.text.cause === 'configuration-invalid'
			? new NodeOperationError(node, message, { description, itemIndex })
			: new NodeApiError(node, { message }, { message, description, itemIndex, httpCode: status?.toString() });
	const { cause } = failure.text;
	error.failure =
		cause === 'rate-limited' || cause === 'temporarily-unavailable' ? { cause, retryAfterMs } : { cause };
	return error;
}
