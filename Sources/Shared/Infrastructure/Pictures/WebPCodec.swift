import CWebP

// Everything that touches libwebp's pointers, and nothing else: the compiler cannot check memory in this file by itself.

/// Decodes and encodes WebP, and makes pictures of any origin smaller.
enum WebPCodec {
    /// The pixels of a picture, made smaller while it is decoded.
    ///
    /// - Parameter size: at most what is stored.
    /// - Throws: ``PictureFault``: `broken`, `outOfMemory`.
    static func pixels(of header: PictureHeader, size: PixelSize) throws(PictureFault) -> Pixels {
        var status = VP8_STATUS_INVALID_PARAM
        let values = unsafe header.content.withUnsafeBufferPointer { bytes in
            unsafe [UInt32](unsafeUninitializedCapacity: size.width * size.height) { buffer, count in
                var config = unsafe WebPDecoderConfig()
                guard unsafe WebPInitDecoderConfig(&config) != 0 else { return }
                unsafe config.options.use_scaling = 1
                unsafe config.options.scaled_width = Int32(size.width)
                unsafe config.options.scaled_height = Int32(size.height)
                unsafe config.output.colorspace = MODE_BGRA
                unsafe config.output.is_external_memory = 1
                unsafe config.output.u.RGBA.rgba = UnsafeMutableRawPointer(buffer.baseAddress)?.assumingMemoryBound(to: UInt8.self)
                unsafe config.output.u.RGBA.stride = Int32(size.width) * 4
                unsafe config.output.u.RGBA.size = buffer.count * 4
                unsafe status = WebPDecode(bytes.baseAddress, bytes.count, &config)
                unsafe WebPFreeDecBuffer(&config.output)
                // What wasn't decoded was never written.
                count = status == VP8_STATUS_OK ? size.width * size.height : 0
            }
        }
        switch status {
        case VP8_STATUS_OK: return Pixels(width: size.width, height: size.height, values: values)
        case VP8_STATUS_OUT_OF_MEMORY: throw .outOfMemory
        default: throw .broken
        }
    }

    /// The picture in a smaller size, each pixel the mean of those that it stands for.
    ///
    /// - Throws: ``PictureFault``: `outOfMemory`.
    static func resized(_ pixels: consuming Pixels, to size: PixelSize) throws(PictureFault) -> Pixels {
        if pixels.size == size { return pixels }
        let (width, height) = (pixels.width, pixels.height)
        let values: [UInt32]? = unsafe pixels.values.withUnsafeMutableBufferPointer { buffer in
            guard var picture = unsafe picture(of: buffer, width: width, height: height) else { return nil }
            // This leaves the old pixels to us, multiplied by their alpha, and the picture with new ones.
            guard unsafe WebPPictureRescale(&picture, Int32(size.width), Int32(size.height)) != 0 else { return nil }
            defer { unsafe WebPPictureFree(&picture) }
            let stride = unsafe Int(picture.argb_stride)
            guard let argb = unsafe picture.argb else { return nil }
            return unsafe [UInt32](unsafeUninitializedCapacity: size.width * size.height) { copy, count in
                for row in 0..<size.height {
                    let line = unsafe UnsafeBufferPointer(start: argb + row * stride, count: size.width)
                    _ = unsafe UnsafeMutableBufferPointer(rebasing: copy[(row * size.width)...]).update(fromContentsOf: line)
                }
                count = size.width * size.height
            }
        }
        guard let values else { throw .outOfMemory }
        return Pixels(width: size.width, height: size.height, values: values)
    }

    /// A WebP file of nothing but the pixels: as good as one sees, but of noise, which would take megabytes.
    ///
    /// - Throws: ``PictureFault``: `outOfMemory`.
    static func encoded(_ pixels: Pixels) throws(PictureFault) -> [UInt8] {
        var bytes: [UInt8] = []
        for quality: Float in [82, 60, 40, 20] {
            bytes = try encoded(pixels, quality: quality)
            if bytes.count <= PictureLimits.renditionBytes { break }
        }
        return bytes
    }

    private static func encoded(_ pixels: Pixels, quality: Float) throws(PictureFault) -> [UInt8] {
        var pixels = pixels
        let (width, height) = (pixels.width, pixels.height)
        let bytes: [UInt8]? = unsafe pixels.values.withUnsafeMutableBufferPointer { buffer in
            var config = WebPConfig()
            guard
                unsafe WebPConfigInit(&config) != 0,
                var picture = unsafe picture(of: buffer, width: width, height: height)
            else { return nil }
            config.quality = quality
            var writer = unsafe WebPMemoryWriter()
            unsafe WebPMemoryWriterInit(&writer)
            defer { unsafe WebPMemoryWriterClear(&writer) }
            return unsafe withUnsafeMutablePointer(to: &writer) { writer in
                unsafe picture.writer = { unsafe WebPMemoryWrite($0, $1, $2) }
                unsafe picture.custom_ptr = UnsafeMutableRawPointer(writer)
                defer { unsafe WebPPictureFree(&picture) }
                guard unsafe WebPEncode(&config, &picture) != 0 else { return nil }
                return unsafe Array(UnsafeBufferPointer(start: writer.pointee.mem, count: writer.pointee.size))
            }
        }
        guard let bytes else { throw .outOfMemory }
        return bytes
    }

    /// The library's view of pixels that stay ours.
    private static func picture(of buffer: UnsafeMutableBufferPointer<UInt32>, width: Int, height: Int) -> WebPPicture? {
        var picture = unsafe WebPPicture()
        guard unsafe WebPPictureInit(&picture) != 0 else { return nil }
        unsafe picture.use_argb = 1
        unsafe picture.width = Int32(width)
        unsafe picture.height = Int32(height)
        unsafe picture.argb = buffer.baseAddress
        unsafe picture.argb_stride = Int32(width)
        return unsafe picture
    }
}
