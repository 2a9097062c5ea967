/** The region that a host of Alibaba Cloud is in; none for the acceleration endpoint, and for others. */
export function regionOf(host: string): string | undefined {
  return /^oss-(?!accelerate)([a-z0-9-]+?)(?:-internal)?\.aliyuncs\.com$/.exec(host)?.[1];
}
