import { counted } from './counted.ts';

/** As AWS's own price lists count them. */
const HOURS_PER_MONTH = 730;

export function endpointUsdPerMonth(interfaces: number, usdPerInterfaceHour: number): number {
  return interfaces * usdPerInterfaceHour * HOURS_PER_MONTH;
}

/** The message of `endpoint-unused`. @param where the VPC, with its account and region where the reader needs them. */
export function unusedEndpoint(
  { id, interfaceCount }: { readonly id: string; readonly interfaceCount: number },
  where: string,
  usdPerInterfaceHour: number,
): string {
  const usdPerMonth = endpointUsdPerMonth(interfaceCount, usdPerInterfaceHour).toFixed(2);
  return `No service uses ${id} in ${where}: ${counted(interfaceCount, 'interface')} × ${usdPerInterfaceHour} USD/h, ${usdPerMonth} USD a month.`;
}
