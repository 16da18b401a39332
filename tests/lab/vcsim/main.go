// A vCenter to test against: govmomi's simulator, served over TLS with a
// certificate made at the start.
//
// The simulator's own program is not packaged, and its built-in certificate has
// an RSA key of 1024 bits, which TLS libraries refuse today; hence this one.
//
// It prints one line of JSON when it serves: its address, and where it wrote
// its certificate. Each line of its standard input is the path of a file that
// says what its inventory is from now on (estate.go), answered with an empty
// line. It ends when its standard input ends, so that no test can leave one behind.
package main

import (
	"bufio"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"flag"
	"fmt"
	"log"
	"math/big"
	"net"
	"net/url"
	"os"
	"time"

	"github.com/vmware/govmomi/simulator"

	_ "github.com/vmware/govmomi/lookup/simulator"
	_ "github.com/vmware/govmomi/pbm/simulator"
	_ "github.com/vmware/govmomi/sts/simulator"
	_ "github.com/vmware/govmomi/vapi/simulator"
)

var (
	listen      = flag.String("listen", "127.0.0.1:0", "address and port")
	name        = flag.String("name", "127.0.0.1", "the address or name in the certificate")
	certificate = flag.String("certificate", "", "file to write the certificate to")
	user        = flag.String("user", "reader", "who may log in")
	password    = flag.String("password", "secret", "their password")
	esx         = flag.Bool("esx", false, "be a standalone ESXi host")
	datacenters = flag.Int("datacenters", 1, "datacenters")
	clusters    = flag.Int("clusters", 1, "clusters in each datacenter")
	hosts       = flag.Int("hosts", 3, "hosts in each cluster")
	alone       = flag.Int("alone", 0, "hosts of each datacenter outside clusters")
	machines    = flag.Int("machines", 2, "machines in each resource pool")
)

// identity makes a key of 2048 bits and a certificate for `name`, signed by itself.
func identity() (tls.Certificate, []byte) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	check(err)
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(time.Now().UnixNano()),
		Subject:               pkix.Name{CommonName: *name},
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().Add(24 * time.Hour),
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
	}
	if ip := net.ParseIP(*name); ip != nil {
		template.IPAddresses = []net.IP{ip}
	} else {
		template.DNSNames = []string{*name}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	check(err)
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, text
}

func main() {
	flag.Parse()
	model := simulator.VPX()
	if *esx {
		model = simulator.ESX()
		model.Machine = *machines
	} else {
		model.Datacenter, model.Cluster, model.ClusterHost = *datacenters, *clusters, *hosts
		model.Host, model.Machine = *alone, *machines
	}
	check(model.Create())
	pair, text := identity()
	model.Service.TLS = &tls.Config{Certificates: []tls.Certificate{pair}}
	model.Service.Listen = &url.URL{Host: *listen, User: url.UserPassword(*user, *password)}
	model.Service.RegisterEndpoints = true
	server := model.Service.NewServer()
	if *certificate != "" {
		check(os.WriteFile(*certificate, text, 0o600))
	}
	check(json.NewEncoder(os.Stdout).Encode(map[string]string{"address": server.URL.Host}))
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		dress(lines.Text())
		fmt.Println()
	}
	server.Close()
	model.Remove()
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
